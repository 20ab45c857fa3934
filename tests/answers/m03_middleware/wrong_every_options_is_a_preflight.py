"""Take every OPTIONS request for a preflight: it passes the guard without a session."""
# caught by: test_one_sign_of_a_preflight_alone_makes_none

from collections.abc import Callable, Iterable
from time import perf_counter
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, abort, g, request

ALLOWED_METHODS = "GET, PUT"
ALLOWED_HEADERS = "Content-Type"
SESSIONS = {"4f9c2e": "Ada"}  # Who is logged in, by the value of the cookie `session`.


def init_timing(app: Flask, clock: Callable[[], float]) -> None:
    """Have every response of ``app`` tell how long it took, as ``Server-Timing: app;dur=250``.

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


class RequestIdMiddleware:
    """A WSGI application around another: it gives each request an id and passes on the rest.

    The application finds the id in ``environ["kata.request_id"]``, the client in the header
    ``X-Request-ID``. See PEP 3333.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Run the application with an id in ``environ`` and a ``start_response`` that adds the header."""
        request_id = environ["kata.request_id"] = uuid4().hex

        def start_with_id(status, headers, exc_info=None):
            return start_response(status, [*headers, ("X-Request-ID", request_id)], exc_info)

        return self.app(environ, start_with_id)


def init_cors(app: Flask, origins: set[str]) -> None:
    """Let pages of exactly ``origins`` read the responses of ``app``, with cookies, and preflight.

    A preflight from one of them is answered before any hook that is registered later.
    """

    @app.before_request
    def answer_preflight():
        if request.method == "OPTIONS" and request.origin in origins:
            allowed = {
                "Access-Control-Allow-Methods": ALLOWED_METHODS,
                "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            }
            return "", 204, allowed
        return None

    @app.after_request
    def let_known_origins_read(response: Response) -> Response:
        response.vary.add("Origin")
        if request.origin in origins:
            response.headers["Access-Control-Allow-Origin"] = request.origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
        return response


def create_app(origins: set[str], clock: Callable[[], float] = perf_counter) -> Flask:
    """Return an application with a guarded page, timing, request ids and CORS for ``origins``."""
    app = Flask(__name__)

    @app.route("/account", methods=["GET", "PUT"])
    def account():
        return {"name": SESSIONS[request.cookies["session"]]}

    # The guard comes last: what is registered after it never sees a request that it turns away.
    init_timing(app, clock)
    init_cors(app, origins)
    app.before_request(_require_session)
    app.wsgi_app = RequestIdMiddleware(app.wsgi_app)

    return app


def _require_session() -> None:
    """Answer 401 unless the cookie `session` belongs to somebody."""
    if request.cookies.get("session") not in SESSIONS:
        abort(401)
