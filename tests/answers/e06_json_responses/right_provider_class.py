"""Name the provider on a subclass of Flask, dispatch on the type, and send what jsonify makes."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import singledispatch
from typing import Any

from flask import Flask, abort, jsonify, make_response, request, url_for
from flask.json.provider import DefaultJSONProvider

EVENTS = (
    {
        "title": "Tasting",
        "starts": datetime(2026, 5, 1, 18, 30, tzinfo=timezone(timedelta(hours=2))),
        "tags": {"tea", "coffee"},
    },
)
PRICES = {"tea": Decimal("2.80"), "cake": Decimal("3.50")}


@singledispatch
def _form(value: Any) -> Any:
    return DefaultJSONProvider.default(value)


@_form.register
def _(value: date) -> str:
    return value.isoformat()


@_form.register
def _(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("a datetime needs an offset")
    return value.isoformat()


@_form.register
def _(value: Decimal) -> str:
    return str(value)


@_form.register(set)
@_form.register(frozenset)
def _(value: Iterable) -> list:
    return sorted(value)


class ApiJSONProvider(DefaultJSONProvider):
    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return super().dumps(obj, **{"ensure_ascii": False, "allow_nan": False, **kwargs})

    def default(self, value: Any) -> Any:
        return _form(value)


class _Api(Flask):
    json_provider_class = ApiJSONProvider


def create_app(events: Iterable[dict[str, Any]] = EVENTS, prices: dict[str, Any] = PRICES) -> Flask:
    app = _Api(__name__)
    listed = [*events]

    @app.get("/message")
    def message():
        return jsonify(message="The café is open")

    @app.get("/prices")
    def show_prices():
        return jsonify(prices)

    @app.get("/events")
    def list_events():
        return jsonify(listed)

    @app.post("/events")
    def add_event():
        listed.append(request.json)
        response = make_response(jsonify(listed[-1]), 201)
        response.headers["Location"] = url_for("show_event", number=len(listed))
        return response

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
