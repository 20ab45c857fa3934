"""fakeredis in this process, and over TCP from the first use of the URL."""

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import Any

import fakeredis
import redis

from kata.services.proxy import HOST, bound_socket
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
        if self._state.connected:
            self._tcp.mend()
        return f"redis://{HOST}:{self._tcp.port}/0"

    def client(self, **options: Any) -> redis.Redis:
        return fakeredis.FakeRedis(
            server=self._state, db=0, connection_class=_Connection, **options
        )

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
    """The state over TCP, at a port that stays the same while nothing listens there."""

    def __init__(self, state: fakeredis.FakeServer) -> None:
        self._state = state
        self._reserved = bound_socket(0)
        self.port: int = self._reserved.getsockname()[1]
        self._server: _TcpServer | None = None

    def mend(self) -> None:
        """Accept connections."""
        self._server = _TcpServer(self._state, self.port)
        # The interval bounds how long the end of the server takes.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="kata-redis", daemon=True
        )
        self._thread.start()

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(_DEADLINE)
            self._server.end_connections()
            self._server = None

    def close(self) -> None:
        self.cut()
        self._reserved.close()


class _TcpServer(fakeredis.TcpFakeServer):
    """A TcpFakeServer on a state of ours, which answers at once and whose connections can be ended."""

    # Of more clients that connect at once, some would wait a second for the next try.
    request_queue_size = 128

    def __init__(self, state: fakeredis.FakeServer, port: int) -> None:
        super().__init__((HOST, port), bind_and_activate=False)
        self.socket.close()
        self.socket = bound_socket(port)
        self.server_activate()
        self.fake_server = state
        # Its own way of waiting has no deadline.
        self.block_on_close = False
        self._connections: dict[threading.Thread, socket.socket] = {}

    def get_request(self) -> tuple[socket.socket, Any]:
        request, address = super().get_request()
        # Nagle's algorithm would hold back an answer in two parts for as much as 40 ms.
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.clients[address] = _Connection(server=self.fake_server, protocol=2, line=request)
        return request, address

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="kata-redis-connection",
            daemon=True,
        )
        self._connections[thread] = request
        thread.start()

    def service_actions(self) -> None:
        """Have the commands that wait see whether their clients are still there."""
        gone = [thread for thread, line in self._connections.items() if _is_closed(line)]
        if any(thread.is_alive() for thread in gone):
            with self.fake_server.lock:
                for database in self.fake_server.dbs.values():
                    database.wake_all()
        for thread in gone:
            if not thread.is_alive():
                del self._connections[thread]

    def end_connections(self) -> None:
        """Hang up on every client, and wait until its thread has ended."""
        deadline = time.monotonic() + _DEADLINE
        for thread, line in self._connections.items():
            with suppress(OSError):  # It is closed already.
                line.shutdown(socket.SHUT_RDWR)
            while thread.is_alive() and time.monotonic() < deadline:
                _end_waiting(self.fake_server)
                thread.join(0.01)


class _Connection(fakeredis.FakeRedisConnection):
    """A connection whose commands take nothing for a client that is gone.

    Over TCP, `line` leads to the client: the connection starts with protocol 2, until its client
    wants another.
    """

    def __init__(self, *args: Any, line: socket.socket | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _connect(self) -> Any:
        end: Any = super()._connect()
        wait = end._blocking

        def wait_for_client(timeout: Any, act: Callable[[bool], Any], shape: Any = None) -> Any:
            """Wait as fakeredis does, which would act although nobody is there for the answer."""

            def act_for_client(is_first: bool) -> Any:
                if end.responses is None or (self._line is not None and _is_closed(self._line)):
                    raise ConnectionResetError("The client is gone.")
                return act(is_first)

            return wait(timeout, act_for_client, shape)

        end._blocking = wait_for_client
        return end

    def read_response(self, *args: Any, **options: Any) -> Any:
        """Return an error over TCP instead of raising it.

        TcpFakeServer writes what it gets, and closes the connection when it gets an exception; a
        real server goes on after an error.
        """
        try:
            return super().read_response(*args, **options)
        except redis.ResponseError as error:
            if self._line is None:
                raise
            return error


def _is_closed(line: socket.socket) -> bool:
    """Say whether the other side has closed the connection and all that it sent is read."""
    try:
        readable, _, _ = select.select([line], [], [], 0)
        return bool(readable) and line.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):  # Closed here, too.
        return True


def _end_waiting(state: fakeredis.FakeServer) -> None:
    """Have every command that waits, such as BRPOP, give up as if its time was over."""
    with closing(fakeredis.FakeRedis(server=state)) as client:
        for other in client.client_list():
            client.client_unblock(int(other["id"]))
