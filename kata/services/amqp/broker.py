"""The broker: a RabbitMQ in memory, to be started, stopped, restarted and cut off by a test."""

import threading
import time
from collections.abc import Callable
from typing import Any

from pika import ConnectionParameters  # type: ignore[import-untyped]

from kata.services.amqp.client import BlockingConnection
from kata.services.amqp.errors import ConnectionFailure
from kata.services.amqp.session import Session, Stream
from kata.services.amqp.topology import VirtualHost

_SHUTDOWN = ConnectionFailure(320, "broker forced connection closure with reason 'shutdown'")


class Broker:
    """Behave as one RabbitMQ node with the virtual host `/` and the user guest.

    `clock` gives the seconds by which messages expire. All methods may be called in any thread.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.lock = threading.RLock()
        self.is_running = True
        self._virtual_host = VirtualHost(clock)
        self._sessions: list[Session] = []

    def connect(self, parameters: Any = None) -> BlockingConnection:
        """Open a connection, as `pika.BlockingConnection(parameters)` does.

        Every host and port leads here.

        Raises:
            pika.exceptions.AMQPConnectionError: the broker is stopped, or refuses the user or the
                virtual host; just the subclass that pika raises with RabbitMQ.
            NotImplementedError: the parameters ask for TLS.
        """
        return BlockingConnection(
            ConnectionParameters() if parameters is None else parameters, self
        )

    def stop(self) -> None:
        """Shut down: close every connection, refuse new ones, lose what is not durable."""
        with self.lock:
            self.is_running = False
            for session in list(self._sessions):
                session.close(_SHUTDOWN)
            self._virtual_host.restart()

    def start(self) -> None:
        """Accept connections again."""
        self.is_running = True

    def restart(self) -> None:
        """Stop and start: durable queues and exchanges remain, and persistent messages in them."""
        self.stop()
        self.start()

    def drop_connections(self) -> None:
        """Cut every connection without a word, as a failing network does; the broker runs on."""
        with self.lock:
            for session in list(self._sessions):
                session.drop()

    def open_session(self, stream: Stream) -> Session:
        """Answer a client's call; the client's side of the line uses this."""
        session = Session(self._virtual_host, stream, self._sessions.remove)
        self._sessions.append(session)
        return session

    def expire(self) -> None:
        """Let messages expire; the client's side of the line uses this while it waits."""
        with self.lock:
            self._virtual_host.expire()
