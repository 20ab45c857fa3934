"""A broker in memory with a clock that tests move, and a connection to it."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pika.exceptions import AMQPConnectionError

from kata.services.amqp import Broker
from kata.services.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def broker(clock) -> Broker:
    return Broker(clock)


@pytest.fixture
def connection(broker) -> Any:
    connection = broker.connect()
    yield connection
    if connection.is_open:
        with contextlib.suppress(AMQPConnectionError):  # It may not know yet that it is lost.
            connection.close()


@pytest.fixture
def channel(connection) -> Any:
    channel = connection.channel()
    channel.confirm_delivery()
    return channel


@pytest.fixture
def in_thread() -> Callable[..., Any]:
    """Return a function that calls another in a thread, and returns or raises what came of it."""

    def call(function: Callable[..., Any], *args: Any) -> Any:
        results: list[Any] = []

        def keep() -> None:
            try:
                results.append(function(*args))
            except Exception as error:
                results.append(error)

        thread = threading.Thread(target=keep, name="worker")
        thread.start()
        thread.join()
        if isinstance(results[0], Exception):
            raise results[0]
        return results[0]

    return call
