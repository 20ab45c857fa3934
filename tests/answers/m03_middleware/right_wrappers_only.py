"""Do all of it outside Flask, in three WSGI wrappers."""

from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from flask import Flask, abort, request
from werkzeug.datastructures import Headers

ALLOWED_METHODS = "GET, PUT"
ALLOWED_HEADERS = "Content-Type"
SESSIONS = {"4f9c2e": "Ada"}


def init_timing(app: Flask, clock: Callable[[], float]) -> None:
    def wrap(environ):
        started = clock()

        def change(headers: Headers) -> None:
            headers["Server-Timing"] = f"app;dur={int((clock() - started) * 1000)}"

        return change

    app.wsgi_app = _changing_headers(app.wsgi_app, wrap)


class RequestIdMiddleware:
    def __init__(self, app) -> None:
        self.app = app
        self._wrapped = _changing_headers(app, self._change)

    def __call__(self, environ, start_response):
        environ["kata.request_id"] = uuid4().hex
        return self._wrapped(environ, start_response)

    def _change(self, environ):
        return lambda headers: headers.set("X-Request-ID", environ["kata.request_id"])


def init_cors(app: Flask, origins: set[str]) -> None:
    inner = app.wsgi_app

    def answer_preflights(environ, start_response):
        known = environ.get("HTTP_ORIGIN") in origins
        asks = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        if environ["REQUEST_METHOD"] != "OPTIONS" or not (known and asks):
            return inner(environ, start_response)
        start_response(
            "204 NO CONTENT",
            [
                ("Access-Control-Allow-Methods", ALLOWED_METHODS),
                ("Access-Control-Allow-Headers", ALLOWED_HEADERS),
            ],
        )
        return []

    def change_for(environ):
        origin = environ.get("HTTP_ORIGIN")

        def change(headers: Headers) -> None:
            headers["Vary"] = ", ".join([*headers.getlist("Vary"), "Origin"])
            if origin in origins:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Allow-Credentials"] = "true"

        return change

    app.wsgi_app = _changing_headers(answer_preflights, change_for)


def create_app(origins: set[str], clock: Callable[[], float] = perf_counter) -> Flask:
    app = Flask(__name__)
    app.before_request(_require_session)
    init_cors(app, origins)
    init_timing(app, clock)
    app.wsgi_app = RequestIdMiddleware(app.wsgi_app)

    @app.route("/account", methods=["GET", "PUT"])
    def account():
        return {"name": SESSIONS[request.cookies["session"]]}

    return app


def _changing_headers(app, change_for):
    """Return a WSGI application whose headers go through ``change_for(environ)`` on their way."""

    def wrapper(environ, start_response):
        change = change_for(environ)

        def start(status, headers, exc_info=None):
            changed = Headers(headers)
            change(changed)
            return start_response(status, changed.to_wsgi_list(), exc_info)

        return app(environ, start)

    return wrapper


def _require_session() -> None:
    if request.cookies.get("session") not in SESSIONS:
        abort(401)
