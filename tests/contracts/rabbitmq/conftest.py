"""A broker, the real one or the one in memory, with what a test has of its own there."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pika
import pytest
from pika.exceptions import AMQPConnectionError

from kata.services.amqp import Broker
from tests.contracts.rabbitmq.asking import PERSISTENT


@pytest.fixture(params=["fake", "real"])
def server(request, real_url) -> Callable[..., Any]:
    """Return a function that opens a connection, with parameters other than the usual if asked."""
    if request.param == "fake":
        dial, parameters = Broker().connect, pika.ConnectionParameters
    else:
        url = real_url("amqp", "KATA_AMQP_URL")
        dial, parameters = pika.BlockingConnection, partial(pika.URLParameters, url)
        try:
            dial(parameters()).close()
        except AMQPConnectionError as error:
            pytest.fail(f"KATA_AMQP_URL leads to no RabbitMQ: {error!r}")

    def open_connection(**changes: Any) -> Any:
        wanted = parameters()
        for attribute, value in changes.items():
            setattr(wanted, attribute, value)
        return dial(wanted)

    return open_connection


@pytest.fixture
def name(server) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a name this test's own; what bears it is deleted at the end."""
    prefix = f"kata-{uuid.uuid4().hex}"
    names: dict[str, None] = {}

    def own(word: str) -> str:
        names[f"{prefix}.{word}"] = None
        return f"{prefix}.{word}"

    yield own
    with server() as connection, connection.channel() as channel:
        for each in names:
            channel.queue_delete(each)
            channel.exchange_delete(each)


@pytest.fixture
def connect(server, name) -> Iterator[Callable[..., Any]]:
    """Return the function that opens a connection; what it opened is closed at the end."""
    connections = []

    def open_connection(**changes: Any) -> Any:
        connections.append(server(**changes))
        return connections[-1]

    yield open_connection
    for connection in connections:
        if connection.is_open:
            connection.close()


@pytest.fixture
def connection(connect) -> Any:
    return connect()


@pytest.fixture
def channel(connection) -> Any:
    """Return a channel with confirms: after a publish the message is where it belongs."""
    channel = connection.channel()
    channel.confirm_delivery()
    return channel


@pytest.fixture
def other(connect) -> Any:
    """Return a channel of another connection."""
    return connect().channel()


@pytest.fixture
def queue(channel, name) -> str:
    """Return the name of an empty queue."""
    return channel.queue_declare(name("queue"), durable=True).method.queue


@pytest.fixture
def fill(channel, queue) -> Callable[..., None]:
    """Return a function that puts messages in the queue."""

    def publish(*bodies: bytes) -> None:
        for body in bodies:
            channel.basic_publish("", queue, body, PERSISTENT)

    return publish


@pytest.fixture
def consume(queue) -> Callable[..., list[tuple[Any, ...]]]:
    """Return a function that starts a consumer, and returns the list of what it received."""

    def start(channel: Any, **options: Any) -> list[tuple[Any, ...]]:
        received: list[tuple[Any, ...]] = []
        channel.basic_consume(queue, lambda *message: received.append(message), **options)
        return received

    return start
