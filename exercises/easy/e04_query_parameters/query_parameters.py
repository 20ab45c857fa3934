"""Items: a list that users filter and shorten with the query string of the URL."""

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
    """Refuse a request because of one of its query parameters.

    ``raise InvalidParameter("limit", "limit must be …")`` ends the view. The application then
    answers 400 with the name of the parameter and the text as JSON.
    """

    def __init__(self, parameter: str, description: str) -> None:
        super().__init__(description)
        self.parameter = parameter


def parse_limit(args: MultiDict[str, str], *, default: int = 10, maximum: int = 100) -> int:
    """Return the number in the parameter ``limit``, or ``default`` if there is no such parameter.

    Raises:
        InvalidParameter: the limit is not a whole number from 1 to ``maximum``.
    """
    # TODO: Step 1: Return the limit in args as a number, or the default.
    # TODO: Step 2: Refuse a bad limit.
    # TODO, further: Step 4: Refuse what is not written with the digits 0 to 9 alone.
    raise NotImplementedError("parse_limit: return the limit in args, or the default")


def create_app(items: Sequence[Item]) -> Flask:
    """Return an application that lists the names of ``items``."""
    app = Flask(__name__)

    @app.errorhandler(InvalidParameter)
    def refuse(error: InvalidParameter):
        return {"parameter": error.parameter, "error": error.description}, 400

    @app.get("/items")
    def list_items():
        # TODO: Step 1: Answer with the names of the items, as many as parse_limit allows.
        # TODO: Step 3: Filter the items by `tag` before that.
        # TODO, further: Step 5: Filter them by `in_stock`, too.
        raise NotImplementedError(
            "GET /items: answer with the names, as many as parse_limit allows"
        )

    return app
