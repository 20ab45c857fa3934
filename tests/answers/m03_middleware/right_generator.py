"""Write the wrapper as a generator that closes the body, and keep the start in the environ."""

from collections.abc import Callable, Iterable
from secrets import token_hex
from time import perf_counter

from flask import Flask, abort, make_response, request

ALLOWED_METHODS = "GET, PUT"
ALLOWED_HEADERS = "Content-Type"
SESSIONS = {"4f9c2e": "Ada"}


def init_timing(app: Flask, clock: Callable[[], float]) -> None:
    def note_the_start():
        request.environ["kata.started"] = clock()

    def write_the_duration(response):
        duration = (clock() - request.environ["kata.started"]) * 1000
        response.headers.add("Server-Timing", f"app;dur={duration:.0f}")
        return response

    app.before_request(note_the_start)
    app.after_request(write_the_duration)


class RequestIdMiddleware:
    def __init__(self, app) -> None:
        self.app = app

    def __call__(self, environ, start_response) -> Iterable[bytes]:
        environ["kata.request_id"] = token_hex(16)

        def start(status, headers, *exc_info):
            headers.append(("x-request-id", environ["kata.request_id"]))
            return start_response(status, headers, *exc_info)

        body = self.app(environ, start)
        try:
            yield from body
        finally:
            if hasattr(body, "close"):
                body.close()


def init_cors(app: Flask, origins: set[str]) -> None:
    def is_known() -> bool:
        return request.headers.get("Origin") in origins

    @app.before_request
    def preflight():
        if not (request.method == "OPTIONS" and request.access_control_request_method):
            return None
        if not is_known():
            return "This origin is not known.", 403
        response = make_response("", 204)
        response.access_control_allow_methods = ALLOWED_METHODS.split(", ")
        response.access_control_allow_headers = [ALLOWED_HEADERS]
        return response

    @app.after_request
    def permit(response):
        response.headers.add("Vary", "Origin")
        if is_known():
            response.access_control_allow_origin = request.headers["Origin"]
            response.access_control_allow_credentials = True
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


def _require_session() -> None:
    if request.cookies.get("session") not in SESSIONS:
        abort(401)
