"""Stay inside Flask: hooks, a body that counts, a `close` of the response, and the id in a thread's own storage."""

import json
import logging
import threading
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from flask import Flask, Response, g, request
from werkzeug.datastructures import MultiDict

SECRET_ARGS = {"token", "password", "api_key"}
REDACTED = "[redacted]"
NO_REQUEST = "-"

_thread = threading.local()


class _CountedBody:
    def __init__(self, response: Response) -> None:
        self.pieces = response.iter_encoded()
        self.close = getattr(response.response, "close", lambda: None)
        self.bytes = 0

    def __iter__(self):
        for piece in self.pieces:
            self.bytes += len(piece)
            yield piece


def init_access_log(app: Flask, logger: logging.Logger, clock: Callable[[], float]) -> None:
    """Have each request to ``app`` write one line of JSON when its response is closed."""

    @app.before_request
    def begin():
        g.started = clock()
        _thread.request_id = uuid4().hex

    @app.after_request
    def follow(response: Response) -> Response:
        started, rule, request_id = g.started, request.url_rule, _thread.request_id
        method, path, args = request.method, request.path, safe_args(request.args)
        response.headers["X-Request-ID"] = request_id
        # A response of send_file hands the server its file, which would not close the response.
        response.direct_passthrough = False
        if response.is_sequence:
            response.content_length = response.calculate_content_length()
        body = response.response = _CountedBody(response)

        close_response = response.close

        def close():
            try:
                close_response()
            finally:
                write()

        def write():
            members = {
                "request_id": request_id,
                "method": method,
                "rule": rule and rule.rule,
                "path": path,
                "args": args,
                "status": response.status_code,
                "duration_ms": int((clock() - started) * 1000),
                "bytes": body.bytes,
            }
            logger.info("%s", json.dumps(members))
            del _thread.request_id

        response.close = close  # `call_on_close` is not reached when something before it fails.
        return response


def safe_args(args: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return each name in ``args`` with all its values, and ``REDACTED`` for each secret one."""
    safe: dict[str, list[str]] = {}
    for name, value in args.items(multi=True):
        shown = REDACTED if name.casefold() in SECRET_ARGS else value
        safe.setdefault(name, []).append(shown)
    return safe


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(_thread, "request_id", NO_REQUEST)
        return True


def create_app(logger: logging.Logger, clock: Callable[[], float] = perf_counter) -> Flask:
    """Return a library whose access log goes to ``logger``."""
    app = Flask(__name__)
    init_access_log(app, logger, clock)

    @app.get("/books/<int:number>")
    def show_book(number: int):
        return {"number": number, "title": f"Volume {number}"}

    @app.get("/export")
    def export():
        return (f"{number};Volume {number}\n" for number in range(1, 101)), {
            "Content-Type": "text/csv"
        }

    return app
