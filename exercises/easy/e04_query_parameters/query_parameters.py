"""Items: a list that users filter and shorten by the query string of the URL."""

from collections.abc import Sequence
from typing import TypedDict

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest


class Item(TypedDict):
    """Describe one thing for sale."""

    name: str
    tags: list[str]
    in_stock: bool


class InvalidParameter(BadRequest):
    """Refuse a request, and name the query parameter that is wrong with it.

    ``raise InvalidParameter("limit", "limit must be …")`` ends the view; the application answers
    400 with the name and the text as JSON.
    """

    def __init__(self, parameter: str, description: str) -> None:
        super().__init__(description)
        self.parameter = parameter


def parse_limit(args: MultiDict[str, str], *, default: int = 10, maximum: int = 100) -> int:
    """Return the number in the parameter ``limit``, or ``default`` if there is no such parameter.

    Raises:
        InvalidParameter: the limit is not a whole number from 1 to ``maximum``, written with the
            digits 0 to 9 alone.
    """
    # TODO: Read the limit from args; refuse a bad one, from step 2 on.
    raise NotImplementedError("parse_limit: return the number in args, or else the default.")


def create_app(items: Sequence[Item]) -> Flask:
    """Return an application that lists the names of ``items``."""
    app = Flask(__name__)

    @app.errorhandler(InvalidParameter)
    def refuse(error: InvalidParameter):
        return {"parameter": error.parameter, "error": error.description}, 400

    @app.get("/items")
    def list_items():
        # TODO: Answer with the names of the items: the first ones, then filtered as well.
        raise NotImplementedError("GET /items: answer with the names, as many as parse_limit says.")

    return app
