"""What becomes of a message that died: its `x-death` header, and where it must not go again.

https://www.rabbitmq.com/docs/dlx
"""

from copy import copy
from datetime import UTC, datetime
from typing import Any

from pika.compat import long  # type: ignore[import-untyped]

from kata.services.amqp.queues import Message, Queue


def dead_letter(queue: Queue, message: Message, reason: str) -> Message | None:
    """Return the message to publish in place of one that died; None where the queue wants none."""
    exchange = queue.properties.dead_letter_exchange
    if exchange is None:
        return None
    routing_key = queue.properties.dead_letter_routing_key
    properties = copy(message.properties)
    properties.headers = _headers(queue.name, message, reason)
    properties.expiration = None  # Or it would expire again in the next queue.
    return Message(
        exchange,
        message.routing_key if routing_key is None else routing_key,
        properties,
        message.body,
    )


def goes_in_a_circle(message: Message, queue: Queue) -> bool:
    """Say whether a dead message comes to a queue in which it died before, with no reject between.

    Such a message would go round for ever, and the broker drops it.
    """
    since: list[dict[str, Any]] = []
    for death in message.properties.headers["x-death"]:
        since.append(death)
        if death.get("queue") == queue.name:
            return all(death.get("reason") != "rejected" for death in since)
    return False


def _headers(queue: str, message: Message, reason: str) -> dict[str, Any]:
    headers = dict(message.properties.headers or {})
    death = {
        "count": long(1),
        "reason": reason,
        "queue": queue,
        "time": datetime.now(UTC).replace(microsecond=0),
        "exchange": message.exchange,
        "routing-keys": [message.routing_key],
    }
    if message.properties.expiration is not None:
        death["original-expiration"] = message.properties.expiration
    deaths = headers.get("x-death")
    if deaths is not None:
        others = []
        # RabbitMQ before 3.13 turns the order of the earlier deaths around each time, and looks for
        # a circle in that order: a message that was rejected may go round once more, or once less.
        for earlier in reversed(deaths):
            if (earlier.get("queue"), earlier.get("reason")) == (queue, reason):
                death = {**earlier, "count": long(earlier.get("count", 1) + 1)}
            else:
                others.append(earlier)
        return {**headers, "x-death": [death, *others]}
    return {
        **headers,
        "x-death": [death],
        "x-first-death-exchange": message.exchange,
        "x-first-death-queue": queue,
        "x-first-death-reason": reason,
    }
