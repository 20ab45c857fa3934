"""Keep the logger in the module: the second application takes it from the first."""
# caught by: test_two_applications_have_a_logger_and_a_clock_each

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from time import perf_counter
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Request, request
from werkzeug.datastructures import MultiDict
from werkzeug.wsgi import ClosingIterator

SECRET_ARGS = {"token", "password", "api_key"}
REDACTED = "[redacted]"
NO_REQUEST = "-"

_request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


def init_access_log(app: Flask, logger: logging.Logger, clock: Callable[[], float]) -> None:
    """Have each request to ``app`` write one line of JSON to ``logger`` when its response has ended.

    ``clock`` returns the time in seconds, from some starting point.
    """
    global _logger
    _logger = logger
    inner = app.wsgi_app

    def access_log(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = clock()
        line = environ["kata.access_line"] = _begin_line(Request(environ))
        token = _request_id.set(line["request_id"])

        def start_with_id(status, headers, exc_info=None):
            line["status"] = int(status[:3])
            headers = [*headers, ("X-Request-ID", line["request_id"])]
            return start_response(status, headers, exc_info)

        def count(body: Iterable[bytes]) -> Iterator[bytes]:
            for piece in body:
                line["bytes"] += len(piece)
                yield piece

        def close() -> None:
            try:
                getattr(body, "close", lambda: None)()
            finally:
                line["duration_ms"] = round((clock() - started) * 1000)
                _logger.info(json.dumps(line))
                _request_id.reset(token)

        body = inner(environ, start_with_id)
        # Not `finally` in the generator: one that was never started never gets there.
        return ClosingIterator(count(body), [close])

    @app.before_request
    def note_rule() -> None:
        if request.url_rule is not None:
            request.environ["kata.access_line"]["rule"] = request.url_rule.rule

    app.wsgi_app = access_log


def safe_args(args: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return each name in ``args`` with all its values, and ``REDACTED`` for each secret one."""
    return {
        name: [REDACTED] * len(values) if name.lower() in SECRET_ARGS else values
        for name, values in args.lists()
    }


class RequestIdFilter(logging.Filter):
    """A filter for handlers: it drops nothing, and adds the request's id to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set ``record.request_id`` to the id of this thread's request, or to ``NO_REQUEST``."""
        record.request_id = _request_id.get()
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


def _begin_line(incoming: Request) -> dict:
    return {
        "request_id": uuid4().hex,
        "method": incoming.method,
        "rule": None,
        "path": incoming.path,
        "args": safe_args(incoming.args),
        "status": None,
        "duration_ms": None,
        "bytes": 0,
    }
