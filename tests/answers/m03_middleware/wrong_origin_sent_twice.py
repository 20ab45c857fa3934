"""Add the headers to the preflight, and again afterward: browsers refuse two Access-Control-Allow-Origin."""
# caught by: test_a_preflight_of_a_known_origin_comes_before_the_other_hooks

from collections.abc import Callable, Iterable
from time import perf_counter
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, abort, g, request

ALLOWED_METHODS = "GET, PUT"
ALLOWED_HEADERS = "Content-Type"
SESSIONS = {"4f9c2e": "Ada"}  # The name of the user, by the value of the cookie `session`.


def init_timing(app: Flask, clock: Callable[[], float]) -> None:
    """Add a header such as ``Server-Timing: app;dur=250`` to every response of ``app``.

    ``clock`` returns the time in seconds; the header holds milliseconds.
    """

    @app.before_request
    def start():
        g.started = clock()

    @app.after_request
    def stop(response: Response) -> Response:
        duration = round((clock() - g.started) * 1000)
        response.headers["Server-Timing"] = f"app;dur={duration}"
        return response


def init_cors(app: Flask, origins: set[str]) -> None:
    """Let pages of exactly ``origins`` read the responses of ``app``, also to requests with cookies.

    A preflight from one of them is answered before any hook that is registered later runs.
    """

    @app.before_request
    def answer_preflight():
        is_preflight = "Access-Control-Request-Method" in request.headers
        if request.method == "OPTIONS" and is_preflight and request.origin in origins:
            allowed = {
                "Access-Control-Allow-Origin": request.origin,
                "Access-Control-Allow-Methods": ALLOWED_METHODS,
                "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            }
            return "", 204, allowed
        return None

    @app.after_request
    def let_known_origins_read(response: Response) -> Response:
        response.vary.add("Origin")
        if request.origin in origins:
            response.headers.add("Access-Control-Allow-Origin", request.origin)
            response.headers["Access-Control-Allow-Credentials"] = "true"
        return response


class RequestIdMiddleware:
    """A WSGI application that wraps another: it gives each request an id, and changes nothing else.

    The application finds the id in ``environ["kata.request_id"]``, the client in the response
    header ``X-Request-ID``. See PEP 3333.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application with an id in ``environ`` and a ``start_response`` that adds the header."""
        request_id = environ["kata.request_id"] = uuid4().hex

        def start_with_id(status, headers, exc_info=None):
            return start_response(status, [*headers, ("X-Request-ID", request_id)], exc_info)

        return self.app(environ, start_with_id)


def create_app(origins: set[str], clock: Callable[[], float] = perf_counter) -> Flask:
    """Return an application with a guarded page, timing, request ids and CORS for ``origins``."""
    app = Flask(__name__)

    @app.route("/account", methods=["GET", "PUT"])
    def account():
        return {"name": SESSIONS[request.cookies["session"]]}

    # The guard comes last: what is registered after it does not run for a request that it refuses.
    init_timing(app, clock)
    init_cors(app, origins)
    app.before_request(_require_session)
    app.wsgi_app = RequestIdMiddleware(app.wsgi_app)

    return app


def _require_session() -> None:
    """Answer 401 unless the cookie `session` belongs to a user."""
    if request.cookies.get("session") not in SESSIONS:
        abort(401)
