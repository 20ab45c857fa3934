"""Who may ask: this machine's own browser, on a page that this server gave it.

Another site may have a name of its own lead to this address (DNS rebinding), or send requests of its own
from the visitor's browser. So every request, those of sockets too, names this server as its host, and what
comes from another origin is refused before the application sees it.
"""

import contextlib
import hmac
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from kata.course import reading, replacing

_NAMES = {"127.0.0.1", "localhost"}
_ELSEWHERE = {"cross-site", "same-site"}
_HTTP = 80
_KEY = 32


class Gate:
    """A WSGI application around another that lets only this machine's own requests pass."""

    def __init__(self, inside: WSGIApplication, port: int) -> None:
        self._inside = inside
        # A browser leaves out the port that HTTP has anyway.
        self._hosts = {f"{name}:{port}" for name in _NAMES} | (_NAMES if port == _HTTP else set())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN")
        if environ.get("HTTP_HOST") not in self._hosts:
            return _refuse(environ, start_response, "This server is for its own address alone.")
        # An image or a script of another site has no origin. A link that was followed may pass.
        loaded_elsewhere = (
            environ.get("HTTP_SEC_FETCH_SITE") in _ELSEWHERE
            and environ.get("HTTP_SEC_FETCH_DEST") != "document"
        )
        if loaded_elsewhere or origin not in (None, f"http://{environ['HTTP_HOST']}"):
            return _refuse(environ, start_response, "Another site has sent this request.")
        return self._inside(environ, start_response)


def _refuse(environ: WSGIEnvironment, start_response: StartResponse, why: str) -> Iterable[bytes]:
    return BaseResponse(f"{why}\n", HTTPStatus.FORBIDDEN, mimetype="text/plain")(
        environ, start_response
    )


def secret_key(root: Path) -> bytes:
    """Return the key that signs the cookies of this tree, made at the first call.

    It outlives the server, so that a page goes on after a restart; where it cannot be kept, it does not.
    Only its owner may read it.
    """
    file = root / ".kata" / "page.key"
    try:
        key = reading.content(file, _KEY)
    except OSError:
        key = b""
    if len(key) < _KEY:
        key = secrets.token_bytes(_KEY)
        with contextlib.suppress(OSError):
            replacing.replace(file, key)
            file.chmod(0o600)
    return key


def admit(app: Flask, token: str) -> None:
    """Have the application answer only who came with the token once, in the first address."""

    @app.before_request
    def check() -> BaseResponse | None:
        given = request.args.get("token", "")
        if request.method == "GET" and hmac.compare_digest(given.encode(), token.encode()):
            session.permanent = True
            session["admitted"] = True
            return redirect(quote(request.path))
        if not session.get("admitted"):
            said = "Open the address that `kata page` has printed: it lets this browser in.\n"
            return Response(said, HTTPStatus.FORBIDDEN, mimetype="text/plain")
        return None


def admit_sockets(app: Flask) -> None:
    """Refuse the socket of who was not let in before anything is kept for it.

    Socket.IO stands before the application, and starts a thread for each that asks.
    """
    inside = app.wsgi_app

    def check(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/socket.io"):
            asking = app.session_interface.open_session(app, app.request_class(environ))
            if not (asking and asking.get("admitted")):
                return _refuse(environ, start_response, "This browser was not let in.")
        return inside(environ, start_response)

    app.wsgi_app = check  # type: ignore[method-assign]


def add_headers(app: Flask) -> None:
    """Have each response say what its page may do: nothing but show what this server gives it."""

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        # With "no-referrer", a form of this page would come from the origin "null".
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response
