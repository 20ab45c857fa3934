"""Set the id around each call into the application: the call itself, each piece, and the end."""

import json
import logging
import threading
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from time import perf_counter

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

SECRET_ARGS = {"token", "password", "api_key"}
REDACTED = "[redacted]"
NO_REQUEST = "-"

_thread = threading.local()


@contextmanager
def _serving(request_id: str):
    before = getattr(_thread, "request_id", NO_REQUEST)
    _thread.request_id = request_id
    try:
        yield
    finally:
        _thread.request_id = before


class _Body:
    def __init__(self, body, request_id, at_end):
        self.body, self.pieces = body, iter(body)
        self.request_id, self.at_end, self.bytes = request_id, at_end, 0

    def __iter__(self):
        return self

    def __next__(self):
        with _serving(self.request_id):
            piece = next(self.pieces)
        self.bytes += len(piece)
        return piece

    def close(self):
        with _serving(self.request_id):
            try:
                getattr(self.body, "close", int)()
            finally:
                self.at_end(self.bytes)


def init_access_log(app: Flask, logger: logging.Logger, clock: Callable[[], float]) -> None:
    """Have each request to ``app`` write one line of JSON when its response is closed."""
    inner = app.wsgi_app

    def rule_of(environ) -> str | None:
        try:
            return app.create_url_adapter(Request(environ)).match(return_rule=True)[0].rule
        except HTTPException:
            return None

    def wsgi_app(environ, start_response):
        began, request_id, incoming = clock(), uuid.uuid4().hex, Request(environ)
        status = []

        def start(text, headers, exc_info=None):
            status[:] = [int(text[:3])]
            return start_response(text, [*headers, ("X-Request-ID", request_id)], exc_info)

        def write(count: int) -> None:
            line = {
                "request_id": request_id,
                "method": incoming.method,
                "rule": rule_of(environ),
                "path": incoming.path,
                "args": safe_args(incoming.args),
                "status": status[0],
                "duration_ms": round((clock() - began) * 1e3),
                "bytes": count,
            }
            logger.info(json.dumps(line))

        with _serving(request_id):
            return _Body(inner(environ, start), request_id, write)

    app.wsgi_app = wsgi_app


def safe_args(args: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return each name in ``args`` with all its values, and ``REDACTED`` for each secret one."""
    return {
        name: [REDACTED if name.lower() in SECRET_ARGS else value for value in args.getlist(name)]
        for name in args.keys()
    }


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
