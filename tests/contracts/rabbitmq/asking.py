"""How the tests of RabbitMQ ask a broker, which may answer a moment later.

They publish with confirms, and wait for an event, never for a time.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

DEADLINE = 10  # Seconds, until something that should happen counts as not happening.
PERSISTENT = pika.BasicProperties(delivery_mode=2)


def wait_for(read: Callable[[], Any], connection: Any) -> Any:
    """Return what `read` returns as soon as it is true, serving the connection meanwhile."""
    deadline = time.monotonic() + DEADLINE
    while not (value := read()):
        assert time.monotonic() < deadline, "It did not happen in time."
        connection.process_data_events(time_limit=0.01)
    return value


def get(channel: Any, queue: str, **options: Any) -> tuple[Any, Any, bytes]:
    """Return the next message as soon as there is one."""

    def read() -> Any:
        message = channel.basic_get(queue, **options)
        return message if message[0] else None

    return wait_for(read, channel.connection)


def drain(channel: Any, queue: str) -> list[bytes]:
    """Take all messages, and return their bodies."""
    read = iter(partial(channel.basic_get, queue, auto_ack=True), (None, None, None))
    return [body for _, _, body in read]


def counts(channel: Any, queue: str) -> tuple[int, int]:
    """Return how many messages wait in a queue, and how many consumers it has."""
    declared = channel.queue_declare(queue, passive=True).method
    return declared.message_count, declared.consumer_count


def failure(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, str]:
    """Return the code and the text with which the broker closes the channel."""
    with pytest.raises(ChannelClosedByBroker) as caught:
        call(*args, **kwargs)
    return caught.value.reply_code, caught.value.reply_text


def late_failure(channel: Any, call: Callable[..., Any], *args: Any) -> tuple[int, str]:
    """Return how the broker closes the channel for a method that it does not answer."""

    def act() -> None:
        call(*args)
        wait_for(channel.basic_qos, channel.connection)

    return failure(act)


def wait_for_bodies(received: list[tuple[Any, ...]], channel: Any, count: int) -> list[bytes]:
    """Return the bodies as soon as so many messages were received."""
    wait_for(lambda: len(received) >= count, channel.connection)
    return [body for *_, body in received]
