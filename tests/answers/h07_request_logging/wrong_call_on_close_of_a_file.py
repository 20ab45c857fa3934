"""Leave the line to call_on_close: a response of send_file is passed on and never closed."""
# caught by: test_a_file_has_its_line

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from time import perf_counter
from uuid import uuid4

from flask import Flask, Request, Response, g, request
from werkzeug.datastructures import MultiDict

SECRET_ARGS = {"token", "password", "api_key"}
REDACTED = "[redacted]"
NO_REQUEST = "-"

_request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


def init_access_log(app: Flask, logger: logging.Logger, clock: Callable[[], float]) -> None:
    """Have each request to ``app`` write one line of JSON to ``logger``."""

    @app.before_request
    def begin() -> None:
        g.started = clock()
        g.line = _begin_line(request)
        _request_id.set(g.line["request_id"])

    @app.after_request
    def follow(response: Response) -> Response:
        line, started = g.line, g.started
        line["rule"] = request.url_rule.rule if request.url_rule else None
        line["status"] = response.status_code
        response.headers["X-Request-ID"] = line["request_id"]

        def count(pieces: Iterable[bytes]) -> Iterator[bytes]:
            for piece in pieces:
                line["bytes"] += len(piece)
                yield piece

        def write_line() -> None:
            line["duration_ms"] = round((clock() - started) * 1000)
            logger.info(json.dumps(line))
            _request_id.set(NO_REQUEST)

        response.call_on_close(write_line)
        if response.is_sequence:
            response.content_length = response.calculate_content_length()
        if not response.direct_passthrough:
            response.call_on_close(getattr(response.response, "close", lambda: None))
            response.response = count(response.iter_encoded())
        return response


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
