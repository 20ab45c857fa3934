"""RabbitMQ for one test at a time: in memory by default, or a running broker.

with service() as amqp_service:  # or service("amqp://guest:guest@127.0.0.1/")
    channel = amqp_service.connect().channel()
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from copy import copy

import pika  # type: ignore[import-untyped]
import pytest
from pika.exceptions import ChannelClosedByBroker  # type: ignore[import-untyped]

from kata.services.amqp import Broker
from kata.services.proxy import Proxy

# A queue that belongs to the connection of one test; another test waits for it, for so many seconds.
LEASE = "flask-katas"
_LEASE_TIME = 60
_LOCKED = 405  # https://www.rabbitmq.com/docs/channels#error-handling


@contextmanager
def service(url: str | None = None) -> Iterator["RabbitService"]:
    """Yield a broker in memory or, with a URL, the one there.

    Raises:
        pika.exceptions.AMQPConnectionError: no broker answers at the URL.
        pika.exceptions.ChannelClosedByBroker: another test has held the broker for a minute.
        ValueError: the URL is not one of plain TCP.
    """
    with closing(_Real(url) if url else _Embedded()) as opened:
        yield opened


class RabbitService(ABC):
    """A RabbitMQ that belongs to one test."""

    parameters: pika.ConnectionParameters
    """Where the broker is. Only `connect` finds one in memory."""

    @abstractmethod
    def connect(
        self, parameters: pika.ConnectionParameters | None = None
    ) -> pika.BlockingConnection:
        """Open a connection, as `pika.BlockingConnection(parameters)` does; it is the caller's to close."""

    def clean(self, *names: str) -> None:
        """Delete the queues and the exchanges of these names, now and when the test ends.

        A real broker is everybody's: a test calls this first, with each name that it or the
        exercise uses.
        """
        connection = self.connect()
        channel = connection.channel()
        for name in names:
            channel.queue_delete(name)
            channel.exchange_delete(name)
        connection.close()

    @abstractmethod
    def drop_connections(self) -> None:
        """Cut every connection, as a failing network does; new ones are accepted."""

    @abstractmethod
    def outage(self) -> AbstractContextManager[None]:
        """Be gone while the block runs: connections are lost and new ones refused.

        What lies in the queues is there again afterwards.
        """

    @abstractmethod
    def restart(self) -> None:
        """Stop and start: what is not durable is gone.

        A test on a real broker is skipped: others may be using it.
        """

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind: no connection, no thread, nothing that `clean` was told of."""


class _Embedded(RabbitService):
    """A broker in this process, which ends with the test."""

    def __init__(self) -> None:
        self.parameters = pika.ConnectionParameters()
        self._broker = Broker()

    def connect(
        self, parameters: pika.ConnectionParameters | None = None
    ) -> pika.BlockingConnection:
        return self._broker.connect(parameters or self.parameters)

    def drop_connections(self) -> None:
        self._broker.drop_connections()

    @contextmanager
    def outage(self) -> Iterator[None]:
        # Not `stop`, which would lose what is not durable: an outage of a real broker is one of the network.
        self._broker.is_running = False
        self._broker.drop_connections()
        try:
            yield
        finally:
            self._broker.start()

    def restart(self) -> None:
        self._broker.restart()

    def close(self) -> None:
        self._broker.stop()


class _Real(RabbitService):
    """A running broker, reached through a proxy that can be cut.

    One test has it at a time, also of several processes: the names of queues are the exercise's.
    """

    def __init__(self, url: str) -> None:
        self._direct = pika.URLParameters(url)
        if self._direct.ssl_options:
            raise ValueError(f"{url} asks for TLS: only plain TCP can be cut for an outage.")
        self._lease = _take(self._direct)  # Fails here, and clearly, if there is no broker.
        self._proxy = Proxy(self._direct.host, self._direct.port)
        self.parameters = pika.URLParameters(url)
        self.parameters.host, self.parameters.port = self._proxy.host, self._proxy.port
        self._names: set[str] = set()

    def connect(
        self, parameters: pika.ConnectionParameters | None = None
    ) -> pika.BlockingConnection:
        return pika.BlockingConnection(parameters or self.parameters)

    def clean(self, *names: str) -> None:
        super().clean(*names)
        self._names.update(names)

    def drop_connections(self) -> None:
        self._proxy.drop_connections()

    @contextmanager
    def outage(self) -> Iterator[None]:
        self._proxy.cut()
        try:
            yield
        finally:
            self._proxy.mend()

    def restart(self) -> None:
        pytest.skip("A real RabbitMQ is not restarted for a test: others may be using it.")

    def close(self) -> None:
        # The exercise's connections first: a consumer would hold on to its queue.
        self._proxy.drop_connections()
        self.clean(*self._names)
        self._proxy.close()
        self._lease.close()


def _take(parameters: pika.ConnectionParameters) -> pika.BlockingConnection:
    """Wait for the broker to be free of other tests, and hold it until the connection is closed."""
    parameters = copy(parameters)
    parameters.heartbeat = 0  # Nobody attends to the connection while the test runs.
    connection = pika.BlockingConnection(parameters)
    deadline = time.monotonic() + _LEASE_TIME
    while True:
        try:
            connection.channel().queue_declare(LEASE, exclusive=True)
        except ChannelClosedByBroker as error:
            if error.reply_code != _LOCKED or time.monotonic() > deadline:
                connection.close()
                raise
            connection.sleep(0.02)
        else:
            return connection
