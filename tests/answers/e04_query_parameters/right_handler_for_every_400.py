"""Convert inside `try`, answer every 400 in one handler, and take the items as they come."""

from itertools import islice

from flask import Flask, request
from werkzeug.exceptions import BadRequest


class InvalidParameter(BadRequest):
    @property
    def parameter(self) -> str:
        return str(self.description)


def parse_limit(args, *, default: int = 10, maximum: int = 100) -> int:
    text = args.get("limit")
    if text is None:
        return default
    try:
        limit = int(text)
    except ValueError:
        raise InvalidParameter("limit") from None
    # What int() forgives, such as a plus sign, does not survive the way back.
    if str(limit) != text or limit not in range(1, maximum + 1):
        raise InvalidParameter("limit")
    return limit


def create_app(items) -> Flask:
    app = Flask(__name__)

    @app.errorhandler(400)
    def explain(error: BadRequest):
        text = f"The value of {error.description} is not allowed."
        return {"error": text, "parameter": error.description, "status": 400}, 400

    @app.get("/items")
    def list_items():
        limit = parse_limit(request.args)
        tags = request.args.getlist("tag")
        if not all(tags):
            raise InvalidParameter("tag")
        in_stock = request.args.get("in_stock")
        if in_stock not in (None, "true", "false"):
            raise InvalidParameter("in_stock")

        def wanted(item) -> bool:
            has_tags = all(tag in item["tags"] for tag in tags)
            return has_tags and in_stock in (None, str(item["in_stock"]).lower())

        return {"items": [item["name"] for item in islice(filter(wanted, items), limit)]}

    return app
