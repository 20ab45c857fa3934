"""Decide everything before the request, with after_this_request, and wrap the body in an object."""

from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from flask import Flask, Response, after_this_request, current_app, request

ALLOWED_METHODS = "GET, PUT"
ALLOWED_HEADERS = "Content-Type"
SESSIONS = {"4f9c2e": "Ada"}


def init_timing(app: Flask, clock: Callable[[], float]) -> None:
    @app.before_request
    def start():
        started = clock()

        @after_this_request
        def stop(response: Response) -> Response:
            response.headers["Server-Timing"] = f"app;dur={round(1000 * (clock() - started))}"
            return response


class RequestIdMiddleware:
    def __init__(self, app) -> None:
        self.app = app

    def __call__(self, environ, start_response):
        return _Exchange(self.app, environ, start_response)


class _Exchange:
    """One request and its response: everything that belongs to it, and nothing else."""

    def __init__(self, app, environ, start_response) -> None:
        self.id = environ["kata.request_id"] = uuid4().hex
        self.start_response = start_response
        self.body = app(environ, self.start)
        self.pieces = iter(self.body)

    def start(self, status, headers, exc_info=None):
        return self.start_response(status, [("X-Request-ID", self.id), *headers], exc_info)

    def __iter__(self):
        return self

    def __next__(self) -> bytes:
        return next(self.pieces)

    def close(self) -> None:
        getattr(self.body, "close", lambda: None)()


def init_cors(app: Flask, origins: set[str]) -> None:
    @app.before_request
    def cors():
        origin = request.origin if request.origin in origins else None

        @after_this_request
        def permit(response: Response) -> Response:
            response.vary.add("origin")
            if origin:
                response.access_control_allow_origin = origin
                response.access_control_allow_credentials = True
            return response

        if request.method != "OPTIONS" or not request.access_control_request_method or not origin:
            return None
        response = current_app.response_class(status=204)
        response.headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        return response


def create_app(origins: set[str], clock: Callable[[], float] = perf_counter) -> Flask:
    app = Flask(__name__)
    app.wsgi_app = RequestIdMiddleware(app.wsgi_app)
    init_timing(app, clock)
    init_cors(app, origins)
    app.before_request(_require_session)

    @app.route("/account", methods=["GET", "PUT"])
    def account():
        return {"name": SESSIONS[request.cookies["session"]]}

    return app


def _require_session():
    if request.cookies.get("session") in SESSIONS:
        return None
    return {"error": "Log in first."}, 401
