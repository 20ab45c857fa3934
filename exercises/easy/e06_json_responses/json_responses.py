"""The API of a café, whose views answer with JSON that a client can rely on."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from flask import Flask, abort
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

    # TODO: Set the attribute that keeps text such as é readable.

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return ``obj`` as JSON text; ``kwargs`` are options for ``json.dumps``.

        Raises:
            ValueError: a float in ``obj`` is NaN or infinite.
        """
        # TODO, further: Refuse NaN and infinity, with an option for json.dumps.
        return super().dumps(obj, **kwargs)

    def default(self, value: Any) -> Any:
        """Return what to write instead of ``value``, whose type JSON does not have.

        Raises:
            ValueError: ``value`` is a datetime without an offset.
            TypeError: neither this class nor Flask can write ``value``.
        """
        # TODO: Return what the README gives for the type of the value.
        # TODO, further: Refuse a datetime without an offset.
        raise NotImplementedError("default: return what to write instead of the value.")


def create_app(events: Iterable[dict[str, Any]] = EVENTS, prices: dict[str, Any] = PRICES) -> Flask:
    """Return an application that starts with these events and has these prices."""
    app = Flask(__name__)
    # TODO: Make an ApiJSONProvider the JSON provider of the application.
    listed = list(events)

    @app.get("/message")
    def message():
        # TODO: Return the message.
        raise NotImplementedError("GET /message: return the message as a dict.")

    @app.get("/prices")
    def show_prices():
        # TODO: Return the prices.
        raise NotImplementedError("GET /prices: return the dict `prices`.")

    @app.get("/events")
    def list_events():
        # TODO: Return the events.
        raise NotImplementedError("GET /events: return the list `listed`.")

    @app.post("/events")
    def add_event():
        # TODO: Append the object in the request to the list, and answer 201 with its Location.
        raise NotImplementedError("POST /events: append the event to the list and answer 201.")

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
