"""Write with json.dumps and an encoder of one's own, unsorted and indented."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from flask import Flask, Response, abort, current_app, request
from flask.json.provider import DefaultJSONProvider

EVENTS = (
    {
        "title": "Tasting",
        "starts": datetime(2026, 5, 1, 18, 30, tzinfo=timezone(timedelta(hours=2))),
        "tags": {"tea", "coffee"},
    },
)
PRICES = {"tea": Decimal("2.80"), "cake": Decimal("3.50")}


class ApiJSONProvider(DefaultJSONProvider):
    def dumps(self, obj: Any, **kwargs: Any) -> str:
        options = {"default": self.default, "ensure_ascii": False, "allow_nan": False, "indent": 4}
        return json.dumps(obj, **options | kwargs)

    def default(self, value: Any) -> Any:
        match value:
            case datetime() if value.utcoffset() is None:
                raise ValueError("no offset")
            case datetime() | date():
                return value.isoformat()
            case set() | frozenset():
                return list(sorted(value))
            case Decimal():
                return f"{value}"
        return DefaultJSONProvider.default(value)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(
            self.dumps(args[0] if args else kwargs), content_type="application/json; charset=utf-8"
        )


def create_app(events: Iterable[dict[str, Any]] = EVENTS, prices: dict[str, Any] = PRICES) -> Flask:
    app = Flask(__name__)
    app.json = ApiJSONProvider(app)
    listed = list(events)

    @app.get("/message")
    def message():
        return app.json.response(message="The café is open")

    @app.get("/prices")
    def show_prices():
        return Response(current_app.json.dumps(prices), mimetype="application/json")

    @app.get("/events")
    def list_events():
        return listed

    @app.post("/events")
    def add_event():
        listed.append(request.get_json())
        return (
            listed[-1],
            "201 CREATED",
            [("Location", request.script_root + f"/events/{len(listed)}")],
        )

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
