"""Wrap the application in a generator that is started at once, and let a signal bring the rule."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from secrets import token_hex
from time import perf_counter

from flask import Flask, json, request, request_started
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

SECRET_ARGS = {"token", "password", "api_key"}
REDACTED = "[redacted]"
NO_REQUEST = "-"

_line: ContextVar[dict | None] = ContextVar("line", default=None)


class _AccessLog:
    def __init__(self, app, logger, clock):
        self.app, self.logger, self.clock = app, logger, clock

    def __call__(self, environ, start_response):
        incoming = Request(environ)
        line = {
            "request_id": token_hex(16),
            "method": incoming.method,
            "path": incoming.path,
            "rule": None,
            "args": safe_args(incoming.args),
            "bytes": 0,
        }
        follower = self._follow(line, environ, start_response)
        next(follower)  # Now it runs its `finally`, whenever it is closed.
        return follower

    def _follow(self, line, environ, start_response):
        def start(status, headers, exc_info=None):
            line["status"] = int(status.partition(" ")[0])
            headers.append(("X-Request-ID", line["request_id"]))
            return start_response(status, headers, exc_info)

        started = self.clock()
        _line.set(line)
        body = self.app(environ, start)
        try:
            yield
            for piece in body:
                line["bytes"] += len(piece)
                yield piece
        finally:
            try:
                if hasattr(body, "close"):
                    body.close()
            finally:
                line["duration_ms"] = round(1000 * (self.clock() - started))
                self.logger.log(logging.INFO, json.dumps(line))
                _line.set(None)


def init_access_log(app: Flask, logger: logging.Logger, clock: Callable[[], float]) -> None:
    """Have each request to ``app`` write one line of JSON when its response is closed."""

    def note_rule(sender):
        if request.url_rule:
            _line.get()["rule"] = str(request.url_rule)

    request_started.connect(note_rule, app, weak=False)
    app.wsgi_app = _AccessLog(app.wsgi_app, logger, clock)


def safe_args(args: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return each name in ``args`` with all its values, and ``REDACTED`` for each secret one."""
    secret = {name for name in args if name.lower() in SECRET_ARGS}
    every = args.to_dict(flat=False)
    return every | {name: [REDACTED for _ in every[name]] for name in secret}


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        line = _line.get()
        record.request_id = line["request_id"] if line else NO_REQUEST
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
