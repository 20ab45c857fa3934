"""Write again what Flask writes, and forget objects with __html__."""
# caught by: test_what_flask_can_write_stays_as_it_is

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from dataclasses import asdict, is_dataclass
from typing import Any
from uuid import UUID

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
    """Write what views return as JSON: exact, readable and always valid.

    An application uses this provider if its attribute ``json`` is an ``ApiJSONProvider(app)``.
    """

    ensure_ascii = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return ``obj`` as JSON text; ``kwargs`` are options for ``json.dumps``.

        Raises:
            ValueError: a float in ``obj`` is NaN or infinite.
        """
        kwargs.setdefault("allow_nan", False)
        return super().dumps(obj, **kwargs)

    def default(self, value: Any) -> Any:
        """Return what to write instead of ``value``, whose type JSON does not have.

        Raises:
            ValueError: ``value`` is a datetime without an offset.
            TypeError: neither this class nor Flask can write ``value``.
        """
        if isinstance(value, datetime) and value.utcoffset() is None:
            raise ValueError(f"{value!r} has no offset, so it does not say which moment it is")
        if isinstance(value, date):  # Every datetime is a date.
            return value.isoformat()
        if isinstance(value, set | frozenset):
            return sorted(value)
        if isinstance(value, UUID | Decimal):
            return str(value)
        if is_dataclass(value):
            return asdict(value)
        raise TypeError(type(value))


def create_app(events: Iterable[dict[str, Any]] = EVENTS, prices: dict[str, Any] = PRICES) -> Flask:
    """Return an application that starts with these events and has these prices."""
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
        return event, 201, {"Location": url_for("show_event", number=len(listed))}

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
