"""Compare with the texts that are allowed, and answer through the exception's own response."""

import json

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest


def _refuse(parameter: str, allowed: str):
    body = json.dumps({"parameter": parameter, "error": f"Allowed: {allowed}"})
    raise BadRequest(response=Response(body, status=400, content_type="application/json"))


def parse_limit(args, *, default: int = 10, maximum: int = 100) -> int:
    if "limit" not in args:
        return default
    numbers = {str(number): number for number in range(1, maximum + 1)}
    if args["limit"] not in numbers:
        _refuse("limit", f"1 to {maximum}")
    return numbers[args["limit"]]


def create_app(items) -> Flask:
    app = Flask(__name__)

    @app.route("/items")
    def list_items():
        found = list(items)
        for tag in request.args.getlist("tag"):
            if not tag:
                _refuse("tag", "a word")
            found = [item for item in found if tag in item["tags"]]
        match request.args.get("in_stock"):
            case None:
                pass
            case "true":
                found = [item for item in found if item["in_stock"]]
            case "false":
                found = [item for item in found if not item["in_stock"]]
            case _:
                _refuse("in_stock", "true or false")
        names = [item["name"] for item in found]
        return jsonify(items=names[: parse_limit(request.args)])

    return app
