"""Look for NaN in dicts and lists before writing: in a set or a dataclass it is never seen."""
# caught by: test_a_float_inside_another_value_is_checked_too

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import singledispatch
from typing import Any

from flask import Flask, abort, jsonify, make_response, request
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
    if value.tzinfo is None:
        raise ValueError("a datetime needs an offset")
    return value.isoformat()


@_form.register
def _(value: Decimal) -> str:
    return str(value)


@_form.register(set)
@_form.register(frozenset)
def _(value: Iterable) -> list:
    return sorted(value)


def _check(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no JSON")
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        for part in parts:
            _check(part)


class ApiJSONProvider(DefaultJSONProvider):
    def dumps(self, obj: Any, **kwargs: Any) -> str:
        _check(obj)
        return super().dumps(obj, **{"ensure_ascii": False, **kwargs})

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
        response.headers["Location"] = f"/events/{len(listed)}"
        return response

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
