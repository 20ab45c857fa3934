"""fakeredis in this process, and over TCP from the first use of the URL."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any

import fakeredis
import redis

from kata.services.proxy import Proxy
from kata.services.redis.service import RedisService

# How long, in seconds, a thread may take to end.
_DEADLINE = 5.0


class EmbeddedRedis(RedisService):
    """One state, which clients reach directly and by the URL."""

    def __init__(self) -> None:
        self._state = fakeredis.FakeServer()
        # fakeredis makes a database at its first use; of two threads at once, each would get its own.
        self._state.dbs[0]
        self._tcp: _TcpView | None = None

    @cached_property
    def url(self) -> str:
        self._tcp = _TcpView(self._state)
        if not self._state.connected:
            self._tcp.cut()
        return f"redis://{Proxy.host}:{self._tcp.port}/0"

    def client(self, **options: Any) -> redis.Redis:
        return fakeredis.FakeRedis(server=self._state, db=0, **options)

    @contextmanager
    def outage(self) -> Iterator[None]:
        if self._tcp is not None:
            self._tcp.cut()
        _end_waiting(self._state)
        self._state.connected = False
        try:
            yield
        finally:
            self._state.connected = True
            if self._tcp is not None:
                self._tcp.mend()

    def close(self) -> None:
        if self._tcp is not None:
            self._tcp.close()


class _TcpView:
    """The state over TCP, at a port that can be cut."""

    def __init__(self, state: fakeredis.FakeServer) -> None:
        self._state = state
        self._server = _TcpServer(state)
        # The interval bounds how long the end of the server takes.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="kata-redis", daemon=True
        )
        self._thread.start()
        self._proxy = Proxy(Proxy.host, self._server.server_address[1])
        self.port = self._proxy.port

    def cut(self) -> None:
        self._proxy.cut()
        self._end_connections()

    def mend(self) -> None:
        self._proxy.mend()

    def close(self) -> None:
        self._proxy.close()
        self._server.shutdown()
        self._end_connections()
        self._server.server_close()
        self._thread.join(_DEADLINE)

    def _end_connections(self) -> None:
        """Have the server notice that its clients are gone, and wait until it has.

        It does not while a command waits, and would take the next item for a client that never gets it.
        """
        deadline = time.monotonic() + _DEADLINE
        for thread in list(self._server.threads):
            while thread.is_alive() and time.monotonic() < deadline:
                _end_waiting(self._state)
                thread.join(0.01)


class _TcpServer(fakeredis.TcpFakeServer):
    """A TcpFakeServer on a state of ours, which answers at once and whose threads can be waited for."""

    # Of more clients that connect at once, some would wait a second for the next try.
    request_queue_size = 128

    def __init__(self, state: fakeredis.FakeServer) -> None:
        super().__init__((Proxy.host, 0))
        self.fake_server = state
        # Its own way of waiting has no deadline.
        self.block_on_close = False
        self.threads: list[threading.Thread] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        request, address = super().get_request()
        # Nagle's algorithm would hold back an answer in two parts for as much as 40 ms.
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.clients[address] = _Connection(server=self.fake_server, protocol=2)
        return request, address

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="kata-redis-connection",
            daemon=True,
        )
        self.threads.append(thread)
        thread.start()


class _Connection(fakeredis.FakeRedisConnection):
    """What a connection over TCP asks: it starts with protocol 2, until its client wants another."""

    def read_response(self, *args: Any, **options: Any) -> Any:
        """Return an error instead of raising it.

        TcpFakeServer writes what it gets, and closes the connection when it gets an exception; a
        real server goes on after an error.
        """
        try:
            return super().read_response(*args, **options)
        except redis.ResponseError as error:
            return error


def _end_waiting(state: fakeredis.FakeServer) -> None:
    """Have every command that waits, such as BRPOP, give up as if its time was over."""
    with closing(fakeredis.FakeRedis(server=state)) as client:
        for other in client.client_list():
            client.client_unblock(int(other["id"]))
