"""The virtual host: exchanges, queues, the bindings between them, and the way of a message."""

import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kata.services.amqp import arguments
from kata.services.amqp.dead_letters import dead_letter, goes_in_a_circle
from kata.services.amqp.errors import (
    ChannelFailure,
    ConnectionFailure,
    inequivalent,
    named,
    not_found,
)
from kata.services.amqp.queues import Message, Queue

_LOCKED = (
    "cannot obtain exclusive access to locked {}. It could be originally declared on another "
    "connection or the exclusive property value does not match that of the original declaration."
)
_UNSUPPORTED_EXCHANGES = ("amq.headers", "amq.match", "amq.rabbitmq.trace")


@dataclass(frozen=True)
class Exchange:
    name: str
    type: str
    durable: bool = True
    auto_delete: bool = False
    internal: bool = False


@dataclass(frozen=True)
class Binding:
    """A way from an exchange to a queue or to another exchange."""

    source: str
    kind: Literal["queue", "exchange"]
    destination: str
    routing_key: str


class VirtualHost:
    """Everything that the clients of a broker share; `clock` gives seconds.

    Nothing here is thread-safe: the broker's lock guards it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._exchanges = {
            name: Exchange(name, kind)
            for name, kind in (
                ("", "direct"),
                ("amq.direct", "direct"),
                ("amq.fanout", "fanout"),
                ("amq.topic", "topic"),
            )
        }
        self._queues: dict[str, Queue] = {}
        self._bindings: dict[Binding, None] = {}  # A set that keeps the order.
        self._dead: deque[tuple[Queue, Message, str]] = deque()

    def queue(self, name: str, client: object) -> Queue:
        """Return a queue; raise 404 if there is none, 405 if another connection owns it."""
        queue = self._queues.get(name)
        if queue is None:
            raise not_found("queue", name)
        if queue.owner not in (None, client):
            raise ChannelFailure(405, _LOCKED.format(named("queue", name)))
        return queue

    def exchange(self, name: str) -> Exchange:
        """Return an exchange; raise 404 if there is none."""
        if name in _UNSUPPORTED_EXCHANGES:
            raise NotImplementedError(f"The in-memory broker does not support {name}.")
        if name not in self._exchanges:
            raise not_found("exchange", name)
        return self._exchanges[name]

    def declare_queue(
        self,
        name: str,
        *,
        durable: bool,
        auto_delete: bool,
        owner: object | None,
        raw_arguments: dict[str, Any],
    ) -> Queue:
        """Return the queue of this name, made if there is none; raise 406 if it is another kind."""
        if name.startswith("amq."):
            raise ChannelFailure(403, f"queue name '{name}' contains reserved prefix 'amq.*'")
        arguments.refuse_unknown(raw_arguments)
        if queue := self._queues.get(name):
            if queue.owner is not owner:
                raise ChannelFailure(405, _LOCKED.format(named("queue", name)))
            for field, received, current in (
                ("durable", durable, queue.durable),
                ("auto_delete", auto_delete, queue.auto_delete),
            ):
                _assert_same("queue", name, field, received, current)
            arguments.compare(name, raw_arguments, queue.raw_arguments)
            return queue
        name = name or f"amq.gen-{uuid.uuid4().hex[:22]}"
        self._queues[name] = Queue(
            name,
            durable=durable,
            auto_delete=auto_delete,
            owner=owner,
            raw_arguments=raw_arguments,
            arguments=arguments.parse(name, raw_arguments),
            clock=self._clock,
            bury=lambda *death: self._dead.append(death),
        )
        return self._queues[name]

    def declare_exchange(self, exchange: Exchange) -> None:
        """Make an exchange, unless there is the same; raise 406 if there is another of its name."""
        name = exchange.name
        if exchange.type == "headers":
            raise NotImplementedError("The in-memory broker does not support headers exchanges.")
        if exchange.type not in ("direct", "fanout", "topic"):
            raise ConnectionFailure(503, f"unknown exchange type '{exchange.type}'")
        if current := self._exchanges.get(name):
            for field in ("type", "durable", "auto_delete", "internal"):
                received, existing = getattr(exchange, field), getattr(current, field)
                _assert_same("exchange", name, field, received, existing)
        elif name.startswith("amq."):
            raise ChannelFailure(403, f"exchange name '{name}' contains reserved prefix 'amq.*'")
        else:
            self._exchanges[name] = exchange

    def delete_queue(self, queue: Queue) -> None:
        """Delete a queue with its messages and bindings, and tell its consumers."""
        queue.is_deleted = True
        self._queues.pop(queue.name, None)
        for consumer in queue.consumers:
            queue.remove(consumer)
            consumer.channel.consumer_cancelled(consumer)
        for binding in self._bound("queue", queue.name):
            self.unbind(binding)

    def delete_exchange(self, name: str, *, if_unused: bool = False) -> None:
        """Delete an exchange, if it is there, with all its bindings."""
        if name not in self._exchanges:
            return
        if name.startswith("amq."):
            raise ChannelFailure(403, f"deletion of system {named('exchange', name)} not allowed")
        if if_unused and self._leaving(name):
            raise ChannelFailure(406, f"{named('exchange', name)} in use")
        del self._exchanges[name]
        for binding in self._leaving(name):
            self._bindings.pop(binding)
        for binding in self._bound("exchange", name):
            self.unbind(binding)

    def bind(self, binding: Binding) -> None:
        self._bindings[binding] = None

    def unbind(self, binding: Binding) -> None:
        """Remove a binding, if there is one, and an auto-delete exchange that has no other."""
        if binding not in self._bindings:
            return
        del self._bindings[binding]
        source = self._exchanges.get(binding.source)
        if source and source.auto_delete and not self._leaving(source.name):
            self.delete_exchange(source.name)

    def publish(self, message: Message) -> bool:
        """Put a message into every queue that it is routed to; say whether there was one."""
        queues = list(self._route(message))
        for queue in queues:
            queue.publish(message)
        return bool(queues)

    def expire(self) -> None:
        """Let every message die whose time has come."""
        for queue in self._queues.values():
            queue.expire()
        self.bury()

    def bury(self) -> None:
        """Publish the dead messages where their queues want them."""
        while self._dead:
            queue, message, reason = self._dead.popleft()
            letter = dead_letter(queue, message, reason)
            if letter is None or letter.exchange not in self._exchanges:
                continue
            for target in list(self._route(letter)):
                if reason == "rejected" or not goes_in_a_circle(letter, target):
                    target.publish(letter)

    def forget_client(self, client: object) -> None:
        """Delete the exclusive queues of a connection that is gone."""
        for queue in [queue for queue in self._queues.values() if queue.owner is client]:
            self.delete_queue(queue)

    def restart(self) -> None:
        """Keep what survives a restart: durable queues and exchanges, and persistent messages."""
        for queue in list(self._queues.values()):
            if queue.durable:
                queue.keep_persistent()
            else:
                self.delete_queue(queue)
        for exchange in [item for item in self._exchanges.values() if not item.durable]:
            self.delete_exchange(exchange.name)

    def _route(self, message: Message) -> Iterator[Queue]:
        """Yield the queues that a message goes to, each once."""
        if not message.exchange:
            if queue := self._queues.get(message.routing_key):
                yield queue
            return
        exchanges = [message.exchange]
        queues: set[str] = set()
        for name in exchanges:  # It grows while bindings lead on to other exchanges.
            for binding in self._leaving(name):
                if not _matches(self._exchanges[name].type, binding, message.routing_key):
                    continue
                if binding.kind == "exchange":
                    if binding.destination not in exchanges:
                        exchanges.append(binding.destination)
                elif binding.destination not in queues:
                    queues.add(binding.destination)
                    yield self._queues[binding.destination]

    def _leaving(self, exchange: str) -> list[Binding]:
        return [binding for binding in self._bindings if binding.source == exchange]

    def _bound(self, kind: str, name: str) -> list[Binding]:
        return [
            binding
            for binding in self._bindings
            if (binding.kind, binding.destination) == (kind, name)
        ]


def _assert_same(kind: str, name: str, field: str, received: Any, current: Any) -> None:
    if received != current:
        texts = [str(value).lower() for value in (received, current)]
        comparison = f"received '{texts[0]}' but current is '{texts[1]}'"
        raise inequivalent(field, kind, name, comparison)


def _matches(exchange_type: str, binding: Binding, routing_key: str) -> bool:
    if exchange_type == "fanout":
        return True
    if exchange_type == "direct":
        return binding.routing_key == routing_key
    return topic_matches(binding.routing_key, routing_key)


def topic_matches(pattern: str, routing_key: str) -> bool:
    """Compare word by word: `*` stands for one word, `#` for any number of them, none included."""
    patterns, words = (text.split(".") if text else [] for text in (pattern, routing_key))

    @cache
    def rest_matches(i: int, j: int) -> bool:
        if i == len(patterns):
            return j == len(words)
        if patterns[i] == "#":
            return rest_matches(i + 1, j) or (j < len(words) and rest_matches(i, j + 1))
        return j < len(words) and patterns[i] in ("*", words[j]) and rest_matches(i + 1, j + 1)

    return rest_matches(0, 0)
