"""The line between pika and the broker: pika's I/O services without a socket.

pika lets an adapter bring its own I/O services (`pika.adapters.utils.nbio_interface`). These hand
the bytes that pika writes to the broker in the same process, and the broker's answers back to pika
from its own I/O loop. So all that pika does on top, it does here as well: the handshake, retries,
timers, confirms, callbacks and exceptions.
"""

import errno
import os
import socket
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import Any, Protocol

from pika.adapters.select_connection import SelectConnection  # type: ignore[import-untyped]
from pika.adapters.utils import nbio_interface  # type: ignore[import-untyped]
from pika.adapters.utils.selector_ioloop_adapter import (  # type: ignore[import-untyped]
    SelectorIOServicesAdapter,
)

from kata.services.amqp.errors import unsupported
from kata.services.amqp.session import Session, Stream

_TICK = 0.02  # Seconds between two looks at the clock while a connection waits.


class Host(Protocol):
    """What the line needs of the broker."""

    @property
    def lock(self) -> RLock: ...

    @property
    def is_running(self) -> bool: ...

    def open_session(self, stream: Stream) -> Session: ...

    def expire(self) -> None: ...


class Dialer:
    """Take the place of the connection class in `pika.BlockingConnection`."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def create_connection(
        self, connection_configs: Any, on_done: Callable[[Any], None], custom_ioloop: Any
    ) -> Any:
        """Start pika's own connection workflow on these I/O services."""
        services = _Services(custom_ioloop, self._host)
        return SelectConnection._start_connection_workflow(
            connection_configs=connection_configs,
            connection_factory=lambda parameters: SelectConnection(
                parameters, custom_ioloop=services, internal_connection_workflow=False
            ),
            nbio=services,
            workflow=None,
            on_done=on_done,
        )


class _Services(SelectorIOServicesAdapter):  # type: ignore[misc]
    """pika's I/O loop, but every address leads to the broker in this process."""

    def __init__(self, ioloop: Any, host: Host) -> None:
        super().__init__(ioloop)
        self._host = host

    def getaddrinfo(self, host: str, port: int, on_done: Callable[[Any], None], **_: Any) -> Any:
        record = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))
        return self.call_later(0, partial(on_done, [record]))

    def connect_socket(
        self, sock: socket.socket, resolved_addr: Any, on_done: Callable[[Any], None]
    ) -> Any:
        refused = ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        return self.call_later(0, partial(on_done, None if self._host.is_running else refused))

    def create_streaming_connection(
        self,
        protocol_factory: Callable[[], Any],
        sock: socket.socket,
        on_done: Callable[[Any], None],
        ssl_context: Any = None,
        server_hostname: str | None = None,
    ) -> Any:
        sock.close()  # pika made it; it was never connected.
        if ssl_context is not None:
            raise unsupported("TLS")

        def link() -> None:
            transport = _Transport(protocol_factory(), self, self._host)
            on_done((transport, transport.get_protocol()))

        return self.call_later(0, link)


class _Transport(nbio_interface.AbstractStreamTransport):  # type: ignore[misc]
    """One line. The broker's lock guards it, except for what runs in pika's I/O loop alone."""

    def __init__(self, protocol: Any, services: _Services, host: Host) -> None:
        self._protocol = protocol
        self._services = services
        self._host = host
        self._outgoing: list[bytes] = []
        self._incoming: list[bytes] = []
        self._is_up = True
        self._is_lost = False
        self._is_reported = False
        self._is_due = False
        with host.lock:
            self._session = host.open_session(self)
        self._timer = services.call_later(_TICK, self._tick)
        protocol.connection_made(self)

    def get_protocol(self) -> Any:
        return self._protocol

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self._outgoing))

    def write(self, data: bytes) -> None:
        """Take what pika sends; it goes to the broker when pika runs its I/O loop."""
        self._outgoing.append(data)
        self._run_soon()

    def abort(self) -> None:
        """Close the line from pika's side."""
        with self._host.lock:
            self._session.end()
        self._hang_up()
        self._services.add_callback_threadsafe(partial(self._report_loss, None))

    def send(self, data: bytes) -> None:
        """Take what the broker sends, from whatever thread; pika gets it in its own."""
        self._incoming.append(data)
        self._run_soon()

    def lose(self) -> None:
        """Lose the line, with all that was on its way."""
        self._is_lost = True
        self._run_soon()

    def _run_soon(self) -> None:
        """Have the loop pump once: a second time would bring an answer before the caller returns."""
        if not self._is_due:
            self._is_due = True
            self._services.add_callback_threadsafe(self._pump)

    def _pump(self) -> None:
        """Bring pika the broker's bytes, and the broker pika's.

        In this order, so that pika sees an answer only when it next runs its I/O loop: a publish
        without confirms returns before the broker can complain, as over a network.
        """
        self._is_due = False
        if self._is_lost and self._is_up:
            self._hang_up()
            self._report_loss(ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)))
            return
        if not self._is_up:
            return
        self._bring()
        with self._host.lock:
            outgoing, self._outgoing = b"".join(self._outgoing), []
            try:
                self._session.receive(outgoing)
            except NotImplementedError:
                self._give_up()
                raise

    def _bring(self) -> None:
        with self._host.lock:
            incoming, self._incoming = b"".join(self._incoming), []
        if incoming and self._is_up:
            self._protocol.data_received(incoming)

    def _hang_up(self) -> None:
        self._is_up = False
        self._timer.cancel()
        self._outgoing.clear()

    def _report_loss(self, error: BaseException | None) -> None:
        if not self._is_reported:
            self._is_reported = True
            self._protocol.connection_lost(error)

    def _give_up(self) -> None:
        """Close pika's connection on the spot: the exception that follows ends its I/O loop."""
        self._bring()
        self._report_loss(None)
        self._services.close()

    def _tick(self) -> None:
        """Let messages expire while the client only waits."""
        self._host.expire()
        self._timer = self._services.call_later(_TICK, self._tick)
