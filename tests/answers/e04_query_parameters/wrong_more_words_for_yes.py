"""Take more words for yes and no, as forms and configuration files do."""
# caught by: test_any_other_word_is_refused

from collections.abc import Sequence
from typing import TypedDict

from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

CHOICES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


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
    text = args.get("limit")
    if text is None:
        return default
    # A number with more digits is too large, and int() raises ValueError for more than 4,300.
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(maximum))
    if not digits or not 1 <= int(text) <= maximum:
        raise InvalidParameter("limit", f"limit must be a whole number from 1 to {maximum}.")
    return int(text)


def _parse_tags(args: MultiDict[str, str]) -> set[str]:
    tags = set(args.getlist("tag"))
    if "" in tags:
        raise InvalidParameter("tag", "tag must not be empty.")
    return tags


def _parse_in_stock(args: MultiDict[str, str]) -> bool | None:
    text = args.get("in_stock")
    if text is None:
        return None
    if text not in CHOICES:
        raise InvalidParameter("in_stock", "in_stock must be true or false.")
    return CHOICES[text]


def create_app(items: Sequence[Item]) -> Flask:
    """Return an application that lists the names of ``items``."""
    app = Flask(__name__)

    @app.errorhandler(InvalidParameter)
    def refuse(error: InvalidParameter):
        return {"parameter": error.parameter, "error": error.description}, 400

    @app.get("/items")
    def list_items():
        limit = parse_limit(request.args)
        tags = _parse_tags(request.args)
        in_stock = _parse_in_stock(request.args)
        found = [
            item["name"]
            for item in items
            if tags <= set(item["tags"]) and in_stock in (None, item["in_stock"])
        ]
        return {"items": found[:limit]}

    return app
