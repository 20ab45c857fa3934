"""Match up to `$`, which also stands before a last line break: a limit with one is taken."""
# caught by: test_only_the_ten_digits_are_a_number

import re
from collections.abc import Sequence
from typing import TypedDict

from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

# ASCII digits alone, and no more than anyone needs: int() itself fails above 4,300 of them.
NUMBER = re.compile(r"^[0-9]{1,99}$")
CHOICES = {"true": True, "false": False}


class Item(TypedDict):
    name: str
    tags: list[str]
    in_stock: bool


class InvalidParameter(BadRequest):
    def __init__(self, parameter: str, description: str) -> None:
        super().__init__(description)
        self.parameter = parameter


def parse_limit(args: MultiDict[str, str], *, default: int = 10, maximum: int = 100) -> int:
    text = args.get("limit")
    if text is None:
        return default
    if not NUMBER.match(text) or not 1 <= int(text) <= maximum:
        raise InvalidParameter("limit", f"limit must be a whole number from 1 to {maximum}.")
    return int(text)


def _parse_tags(args: MultiDict[str, str]) -> set[str]:
    tags = set(args.getlist("tag"))
    if "" in tags:
        raise InvalidParameter("tag", "tag must not be blank.")
    return tags


def _parse_in_stock(args: MultiDict[str, str]) -> bool | None:
    text = args.get("in_stock")
    if text is None:
        return None
    if text not in CHOICES:
        raise InvalidParameter("in_stock", "in_stock must be true or false.")
    return CHOICES[text]


def create_app(items: Sequence[Item]) -> Flask:
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
