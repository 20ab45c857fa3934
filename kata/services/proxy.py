"""A TCP proxy on loopback that can be cut: the outage of a server that goes on running."""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from typing import Any

HOST = "127.0.0.1"

# How long, in seconds, the proxy may take to do as it is told.
_DEADLINE = 10.0


class Proxy:
    """Forward connections to a server until told otherwise.

    Clients connect to ``host`` and ``port``, which stay the same until `close`. The methods may be
    called from any thread and return when they have taken effect.
    """

    host = HOST

    def __init__(self, server_host: str, server_port: int) -> None:
        self._server = (server_host, server_port)
        # Bound and not listening: it refuses connections, and keeps the port while nothing listens.
        self._reserved = bound_socket(0)
        self.port: int = self._reserved.getsockname()[1]
        self._listener: socket.socket | None = None
        self._era = 0  # A connection that was accepted in another one is to be dropped.
        self._starting: set[asyncio.Task[None]] = set()
        self._ends: set[_End] = set()
        self._loop = asyncio.SelectorEventLoop()  # That of Windows would be one without readers.
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="kata-proxy", daemon=True
        )
        self._thread.start()
        self.mend()

    def cut(self) -> None:
        """Close every connection and refuse new ones, as when the server's process has ended."""
        self._run(self._refuse())
        self._run(self._drop())

    def mend(self) -> None:
        """Accept connections again."""
        self._run(self._listen())

    def drop_connections(self) -> None:
        """Close every connection; new ones are accepted."""
        self._run(self._drop())

    def close(self) -> None:
        """Close every connection and end the proxy."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_DEADLINE)
        self._loop.close()
        self._reserved.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_DEADLINE)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = bound_socket(self.port)
            self._listener.setblocking(False)
            self._listener.listen(128)
            self._loop.add_reader(self._listener, self._accept, self._listener)

    async def _refuse(self) -> None:
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    async def _drop(self) -> None:
        self._era += 1
        ends = list(self._ends)
        for end in ends:
            end.transport.abort()
        await asyncio.gather(*self._starting, *(end.closed.wait() for end in ends))

    # asyncio's own server would not do: closed while it accepts, it leaves that connection open.
    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # The client did not wait.
        start = self._loop.create_task(self._forward(client, self._era))
        self._starting.add(start)
        start.add_done_callback(self._starting.discard)

    async def _forward(self, client: socket.socket, era: int) -> None:
        """Connect to the server for a client, and each of the two to the other."""
        loop = self._loop
        _, near = await loop.connect_accepted_socket(lambda: _End(self._ends), client)
        try:
            _, far = await loop.create_connection(lambda: _End(self._ends), *self._server)
        except OSError:
            near.transport.abort()
            return
        near.other, far.other = far, near
        for end in (near, far):
            if era == self._era and not near.transport.is_closing():
                end.transport.resume_reading()
            else:
                end.transport.abort()


class _End(asyncio.Protocol):
    """One end of a forwarded connection: what arrives here leaves at the other end."""

    transport: asyncio.Transport
    other: "_End | None" = None

    def __init__(self, ends: "set[_End]") -> None:
        self._ends = ends
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ends.add(self)
        transport.pause_reading()  # Until there is an other end.

    def data_received(self, data: bytes) -> None:
        assert self.other is not None
        self.other.transport.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._ends.discard(self)
        self.closed.set()
        if self.other is not None:
            self.other.transport.close()


def bound_socket(port: int) -> socket.socket:
    """Return a socket bound to the port on loopback, which others of ours may share; 0 picks one."""
    bound = socket.socket()
    # Windows has but one option, which does there what this one does elsewhere.
    share = getattr(socket, "SO_REUSEPORT", socket.SO_REUSEADDR)
    bound.setsockopt(socket.SOL_SOCKET, share, 1)
    bound.bind((HOST, port))
    return bound
