"""``kata page``: serve until Ctrl-C, on this machine alone."""

import contextlib
import logging
import secrets
import signal
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from kata.judge.server import Server
from kata.page.application import add_sockets, create_app
from kata.page.gate import Gate
from kata.page.live import Live
from kata.page.place import Place
from kata.page.proofs import Proofs
from kata.page.sitting import Sitting

# The first port that is tried: an address that stays the same can be kept open over a restart.
PORT = 5630
_TRIES = 20

# What ends the server as Ctrl-C does: a word from elsewhere, and a terminal that was closed.
_ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _Quiet(WSGIRequestHandler):
    """A server that says nothing: the application logs its requests, and a socket ends as it likes."""

    def log(self, *_: object) -> None:
        """Log nothing."""


def serve(
    root: Path,
    warm: Server,
    port: int | None,
    say: Callable[[str], None],
    *,
    opens: bool = True,
    verbose: bool = False,
) -> None:
    """Serve the page of the project in ``root`` until it is interrupted, and say its address.

    ``warm`` runs the tests. Without a ``port``, the first of some that is free is taken.

    Raises:
        OSError: the port is taken.
    """
    logging.getLogger("kata.page").setLevel(logging.INFO if verbose else logging.WARNING)
    listening = _listen(port)
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    place, live = Place(root), Live(root)
    proofs = Proofs()
    sitting = Sitting(place, proofs)
    app = create_app(place, live, proofs, sitting, token, port)
    add_sockets(app, live)
    app.wsgi_app = Gate(app.wsgi_app, port)  # type: ignore[method-assign]
    server = make_server(
        "127.0.0.1", port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
    )
    address = f"http://127.0.0.1:{port}/?token={token}"
    say(address)
    live.start(warm)
    for each in _ENDS:
        signal.signal(each, signal.default_int_handler)
    try:
        if opens:
            webbrowser.open(address)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.2)
    finally:
        listening.close()
        live.stop()
        proofs.stop()
        with contextlib.suppress(OSError):
            sitting.stop()


def _listen(port: int | None) -> socket.socket:
    """Return a socket that listens on the loopback interface alone."""
    for candidate in [port] if port is not None else range(PORT, PORT + _TRIES):
        made = socket.socket()
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(("127.0.0.1", candidate))
            made.listen()
        except OSError:
            made.close()
            if port is not None or candidate == PORT + _TRIES - 1:
                raise
        else:
            return made
    raise AssertionError("unreachable")
