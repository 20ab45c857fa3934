"""Remember the last HTTP exchange between a test's client and the learner's application."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import flask
import pytest
import werkzeug.exceptions
import werkzeug.test
from flask import Flask
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request

# The screen has some three lines for an exchange: whatever was sent, the status is to be among them.
_TARGET_LIMIT = 120
_HEADERS_LIMIT = 80
_SENT_LIMIT = 60
_RECEIVED_LIMIT = 300

# Where the environ of a request has its steps.
_STEPS = "kata.steps"

# The test client sends these by itself, or the rest of the line shows what they say.
_USUAL_HEADERS = {"Host", "User-Agent", "Cookie", "Content-Length", "Content-Type"}


@dataclass
class _Steps:
    """How far Flask went with a request."""

    dispatched: bool = False
    error: BaseException | None = None


@dataclass(frozen=True)
class Exchange:
    """A request to an application, and its response or the exception that came instead."""

    app: Any
    request: Request
    outcome: TestResponse | BaseException

    @property
    def dispatched(self) -> bool:
        """Say whether Flask went on to the view: a function that runs before it may have answered."""
        return _steps_of(self.request).dispatched

    @property
    def error(self) -> BaseException | None:
        """Return the exception in place of which Flask answered with a response of its own."""
        return _steps_of(self.request).error

    def __str__(self) -> str:
        """Return one line: ``GET /items?limit=2 → 200 OK application/json {…}``."""
        headers = _headers(self.request)
        parts = [
            f"{self.request.method} {_target(self.request.environ)}",
            f"[{headers}]" if headers else "",
            _sent(self.request.environ),
            "→",
            *_told(self.outcome),
        ]
        return " ".join(part for part in parts if part)

    def view(self, folder: Path) -> tuple[Path, int] | None:
        """Return file and line of the view that the request reached, if it is below ``folder``."""
        if not isinstance(self.app, Flask):
            return None
        try:
            endpoint, _ = self.app.url_map.bind_to_environ(self.request.environ).match()
        except werkzeug.exceptions.HTTPException:
            return None
        view: Any = self.app.view_functions.get(endpoint)
        if (view_class := getattr(view, "view_class", None)) is not None:
            view = getattr(view_class, self.request.method.lower(), view)
        return definition(view, folder)


@dataclass
class Transcript:
    """The exchanges of one test, of which the last one tells most."""

    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def last_exchange(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    def last(self) -> str | None:
        """Return the last exchange as one line."""
        return str(self.exchanges[-1]) if self.exchanges else None

    def last_status_and_body(self) -> tuple[int | None, str]:
        """Return status and body of the last response; of a streamed one, no body."""
        outcome = self.exchanges[-1].outcome if self.exchanges else None
        if not isinstance(outcome, TestResponse):
            return None, ""
        return outcome.status_code, "" if _is_streamed(outcome) else _text(outcome)

    def view(self, folder: Path) -> tuple[Path, int] | None:
        """Return file and line of the view that the last request reached, if it is below ``folder``."""
        return self.exchanges[-1].view(folder) if self.exchanges else None


TRANSCRIPT = pytest.StashKey[Transcript]()
"""Where a test keeps its exchanges."""


def definition(function: object, folder: Path) -> tuple[Path, int] | None:
    """Return where below ``folder`` a function, wrapped or not, is defined."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    if code is None or not Path(code.co_filename).is_relative_to(folder):
        return None
    return Path(code.co_filename), code.co_firstlineno


@contextmanager
def recorded() -> Iterator[Transcript]:
    """Record what goes through Werkzeug's test client, which is Flask's too."""
    transcript = Transcript()
    send, run, dispatch = Client.open, werkzeug.test.run_wsgi_app, Flask.dispatch_request

    def open_(self: Client, *args: Any, **kwargs: Any) -> TestResponse:
        response = send(self, *args, **kwargs)
        transcript.exchanges.append(Exchange(self.application, response.request, response))
        return response

    def run_wsgi_app(app: Any, environ: dict[str, Any], buffered: bool = False) -> Any:
        environ[_STEPS] = (
            _Steps()
        )  # The application gets a copy of the environ, with the same steps.
        try:
            return run(app, environ, buffered)
        except BaseException as error:
            transcript.exchanges.append(Exchange(app, Request(environ), error))
            raise

    def dispatch_request(self: Flask, *args: Any, **kwargs: Any) -> Any:
        _steps_of(flask.request).dispatched = True
        return dispatch(self, *args, **kwargs)

    def note_error(sender: Flask, exception: BaseException, **others: Any) -> None:
        _steps_of(flask.request).error = exception

    with (
        patch.object(Client, "open", open_),
        patch.object(Flask, "dispatch_request", dispatch_request),
        flask.got_request_exception.connected_to(note_error),
        patch.object(werkzeug.test, "run_wsgi_app", run_wsgi_app),
    ):
        yield transcript


def _steps_of(request: Request) -> _Steps:
    steps = request.environ.get(_STEPS)
    return steps if isinstance(steps, _Steps) else _Steps()


def _target(environ: dict[str, Any]) -> str:
    """Return path and query as they were sent, with text beyond ASCII as it reads."""
    query = environ.get("QUERY_STRING")
    path = environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
    target = path if not query or "?" in path else f"{path}?{query}"
    # WSGI hands bytes on as if they were Latin-1 (PEP 3333).
    return _shortened(target.encode("latin-1", "replace").decode("utf-8", "replace"), _TARGET_LIMIT)


def _headers(request: Request) -> str:
    """Return the headers that a test sent on purpose."""
    chosen = [f"{name}: {value}" for name, value in request.headers if name not in _USUAL_HEADERS]
    return _shortened(", ".join(chosen), _HEADERS_LIMIT)


def _sent(environ: dict[str, Any]) -> str:
    body = getattr(environ.get("wsgi.input"), "getvalue", bytes)()
    return _shortened(body.decode(errors="replace"), _SENT_LIMIT)


def _told(outcome: TestResponse | BaseException) -> list[str]:
    if isinstance(outcome, BaseException):
        return [type(outcome).__name__]
    return [
        outcome.status.partition("\n")[0],
        outcome.mimetype or "",
        f"to {outcome.location}" if outcome.location else "",
        _received(outcome),
    ]


def _received(response: TestResponse) -> str:
    if response.status_code in (204, 304):
        return ""
    if _is_streamed(response):
        return "(streamed)"
    return _shortened(_text(response), _RECEIVED_LIMIT)


def _text(response: TestResponse) -> str:
    """Return the body as text, with what is not UTF-8 replaced; of a body that is not bytes, nothing."""
    try:
        return response.get_data().decode(errors="replace")
    except TypeError:  # `response.data = {…}` puts a dict where bytes belong.
        return ""


def _is_streamed(response: TestResponse) -> bool:
    return response.content_length is None and not response.is_sequence


def _shortened(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"
