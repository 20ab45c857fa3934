"""Look at each sign of the limit, filter one tag after the other, and answer through the exception's own response."""

import json

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest


class InvalidParameter(BadRequest):
    def __init__(self, parameter: str, description: str) -> None:
        body = json.dumps({"parameter": parameter, "error": description})
        super().__init__(response=Response(body, status=400, content_type="application/json"))
        self.parameter = parameter


def parse_limit(args, *, default: int = 10, maximum: int = 100) -> int:
    if "limit" not in args:
        return default
    text = args["limit"]
    if text[:1] not in set("123456789") or len(text) > len(f"{maximum}"):
        raise InvalidParameter("limit", f"Allowed: 1 to {maximum}")
    if text.strip("0123456789") or int(text) > maximum:
        raise InvalidParameter("limit", f"Allowed: 1 to {maximum}")
    return int(text)


def create_app(items) -> Flask:
    app = Flask(__name__)

    @app.route("/items")
    def list_items():
        found = list(items)
        for tag in request.args.getlist("tag"):
            if not tag:
                raise InvalidParameter("tag", "Allowed: a word")
            found = [item for item in found if tag in item["tags"]]
        match request.args.get("in_stock"):
            case None:
                pass
            case "true":
                found = [item for item in found if item["in_stock"]]
            case "false":
                found = [item for item in found if not item["in_stock"]]
            case _:
                raise InvalidParameter("in_stock", "true or false")
        names = [item["name"] for item in found]
        return jsonify(items=names[: parse_limit(request.args)])

    return app
