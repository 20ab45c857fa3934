"""The surroundings of h07: the library with some more views, its clock, and its log."""

import logging
from types import SimpleNamespace

import pytest
from flask import Response, request

ACCESS, LIBRARY = logging.getLogger("access"), logging.getLogger("library")
COOKIES = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


@pytest.fixture
def log(caplog):
    """Return what pytest has captured from all loggers: `records`, `messages` and `text`."""
    caplog.set_level(logging.INFO, logger=ACCESS.name)
    return caplog


@pytest.fixture
def clock():
    """Return a clock that moves only when a test or a view moves it."""
    return SimpleNamespace(now=1000.0)


@pytest.fixture
def app(exercise, clock, log):
    """Return the library with a guard that takes 253.2 ms, and more views."""
    app = exercise.create_app(ACCESS, lambda: clock.now)
    app.testing = True

    @app.before_request
    def guard():
        clock.now += 0.2532
        return Response("Closed", 401) if request.path == "/closed" else None

    @app.get("/broken")
    def broken():
        app.config["PROPAGATE_EXCEPTIONS"] = False  # This error is meant; others reach the test.
        LIBRARY.warning("about to fail")
        raise ZeroDivisionError

    @app.get("/rows")
    def rows():
        def make():
            for _ in range(3):
                clock.now += 1
                LIBRARY.warning("a row")
                yield b"a row\n"

        response = Response(make())
        response.call_on_close(lambda: LIBRARY.warning("closed"))
        return response

    app.add_url_rule("/closed", view_func=broken)
    ready = Response([b"ready"], direct_passthrough=True)  # Its body, a list, has no close().
    app.add_url_rule("/ready", "ready", lambda: ready)
    app.add_url_rule(
        "/login", "login", lambda: ("Très bien", "201 Come in", COOKIES), methods=["POST"]
    )
    return app


@pytest.fixture
def stamped(exercise, log, monkeypatch):
    """Return the log, with the filter added to its handler."""
    monkeypatch.setattr(log.handler, "filters", [exercise.RequestIdFilter()])
    return log
