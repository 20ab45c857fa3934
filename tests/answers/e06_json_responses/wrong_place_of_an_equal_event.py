"""Look for the event in the list: of two equal events, the second gets the address of the first."""
# caught by: test_the_location_is_the_path_of_the_new_event

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from flask import Flask, abort, request, url_for
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
    ensure_ascii = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        kwargs["allow_nan"] = False
        return super().dumps(obj, **kwargs)

    def default(self, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                raise ValueError("a datetime without an offset")
            return value.isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        if isinstance(value, set | frozenset):
            return sorted(value)
        return super().default(value)


def create_app(events: Iterable[dict[str, Any]] = EVENTS, prices: dict[str, Any] = PRICES) -> Flask:
    app = Flask(__name__)
    app.json = ApiJSONProvider(app)
    listed = list(events)

    @app.get("/message")
    def message():
        return {"message": "The café is open"}

    @app.get("/prices")
    def show_prices():
        return prices

    @app.get("/events")
    def list_events():
        return listed

    @app.post("/events")
    def add_event():
        event = request.get_json()
        listed.append(event)
        return event, 201, {"Location": url_for("show_event", number=listed.index(event) + 1)}

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
