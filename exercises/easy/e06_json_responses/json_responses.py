"""The API of a café: what its views return goes out as JSON that a client can rely on."""

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
    """Write what views return as JSON: exact, readable, and never anything that is no JSON.

    An application uses it when its attribute ``json`` is an ``ApiJSONProvider(app)``.
    """

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return ``obj`` as JSON text; ``kwargs`` are options for ``json.dumps``.

        Raises:
            ValueError: a float in ``obj`` is NaN or infinite.
        """
        # Complete for step 2; step 3 adds an option here.
        return super().dumps(obj, **kwargs)

    def default(self, value: Any) -> Any:
        """Return what is written in place of ``value``, for which JSON has no type.

        Raises:
            ValueError: ``value`` is a datetime without an offset.
            TypeError: neither this class nor Flask has a form for ``value``.
        """
        # TODO: Return the form that the README gives for the type of the value.
        raise NotImplementedError("default: return what to write in place of the value.")


def create_app(events: Iterable[dict[str, Any]] = EVENTS, prices: dict[str, Any] = PRICES) -> Flask:
    """Return an application that begins with these events, and has these prices."""
    app = Flask(__name__)
    listed = list(events)

    @app.get("/message")
    def message():
        # TODO: Answer with the message.
        raise NotImplementedError("GET /message: answer with the message.")

    @app.get("/prices")
    def show_prices():
        # TODO: Answer with the prices.
        raise NotImplementedError("GET /prices: answer with the dict `prices`.")

    @app.get("/events")
    def list_events():
        # TODO: Answer with the events.
        raise NotImplementedError("GET /events: answer with the list `listed`.")

    @app.post("/events")
    def add_event():
        # TODO: Put the object that was sent at the end of the list, and answer 201.
        raise NotImplementedError("POST /events: put the event in the list and answer 201.")

    @app.get("/events/<int:number>")
    def show_event(number: int):
        if not 1 <= number <= len(listed):
            abort(404)
        return listed[number - 1]

    return app
