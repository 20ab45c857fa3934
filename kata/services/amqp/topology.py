"""The virtual host: exchanges, queues, the bindings between them, and the way of a message."""

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from kata.services.amqp.dead_letters import dead_letter, goes_in_a_circle
from kata.services.amqp.errors import ChannelFailure, named, unsupported
from kata.services.amqp.properties import ExchangeProperties, QueueProperties, assert_same
from kata.services.amqp.queues import Message, Queue

_UNSUPPORTED_EXCHANGES = ("amq.headers", "amq.match", "amq.rabbitmq.trace")
_REPLY_TO = "amq.rabbitmq.reply-to"


@dataclass(frozen=True)
class Binding:
    """A way from an exchange to a queue."""

    exchange: str
    queue: str
    routing_key: str


class VirtualHost:
    """Everything that the clients of a broker share; `clock` gives seconds.

    Nothing here is thread-safe: the broker's lock guards it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._exchanges = {
            name: ExchangeProperties(kind)
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
        refuse_direct_replies(name)
        if name not in self._queues:
            raise ChannelFailure(404, f"no {named('queue', name)}")
        if self._queues[name].owner not in (None, client):
            raise _locked(name)
        return self._queues[name]

    def assert_exchange(self, name: str) -> None:
        """Raise 404 if there is no such exchange."""
        if name in _UNSUPPORTED_EXCHANGES:
            raise unsupported(name)
        if name not in self._exchanges:
            raise ChannelFailure(404, f"no {named('exchange', name)}")

    def declare_queue(self, name: str, properties: QueueProperties, owner: object | None) -> Queue:
        """Return the queue of this name, made if there is none; raise 406 if it is another kind."""
        refuse_direct_replies(name)
        _assert_not_reserved("queue", name)
        if queue := self._queues.get(name):
            if queue.owner is not owner:
                raise _locked(name)
            assert_same("queue", name, properties, queue.properties)
            return queue
        name = name or f"amq.gen-{uuid.uuid4().hex[:22]}"
        queue = Queue(name, properties, owner, self._clock, lambda *death: self._dead.append(death))
        self._queues[name] = queue
        return queue

    def declare_exchange(self, name: str, properties: ExchangeProperties) -> None:
        """Make an exchange, unless there is the same; raise 406 if there is another of its name."""
        if name in _UNSUPPORTED_EXCHANGES:
            raise unsupported(name)
        if current := self._exchanges.get(name):
            assert_same("exchange", name, properties, current)
        else:
            _assert_not_reserved("exchange", name)
            self._exchanges[name] = properties

    def delete_queue(self, queue: Queue) -> None:
        """Delete a queue with its messages and bindings, and tell its consumers."""
        queue.is_deleted = True
        self._queues.pop(queue.name, None)
        for consumer in queue.consumers:
            queue.remove(consumer)
            consumer.channel.consumer_cancelled(consumer)
        self._forget_bindings(lambda binding: binding.queue == queue.name)

    def delete_exchange(self, name: str, *, if_unused: bool = False) -> None:
        """Delete an exchange, if it is there, with all its bindings."""
        if name.startswith("amq."):
            raise ChannelFailure(403, f"deletion of system {named('exchange', name)} not allowed")
        if if_unused and any(binding.exchange == name for binding in self._bindings):
            raise ChannelFailure(406, f"{named('exchange', name)} in use")
        self._exchanges.pop(name, None)
        self._forget_bindings(lambda binding: binding.exchange == name)

    def bind(self, binding: Binding) -> None:
        self._bindings[binding] = None

    def unbind(self, binding: Binding, client: object) -> None:
        """Remove a binding, if there is one; raise 405 if another connection owns its queue."""
        if binding in self._bindings:
            self.queue(binding.queue, client)
            del self._bindings[binding]

    def publish(self, message: Message) -> bool:
        """Put a message into every queue that it is routed to; say whether there was one."""
        queues = self._route(message)
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
            for target in self._route(letter):
                if reason == "rejected" or not goes_in_a_circle(letter, target):
                    target.publish(letter)

    def forget_client(self, client: object) -> None:
        """Delete the exclusive queues of a connection that is gone."""
        for queue in [queue for queue in self._queues.values() if queue.owner is client]:
            self.delete_queue(queue)

    def restart(self) -> None:
        """Keep what survives a restart: durable queues and exchanges, and persistent messages."""
        for queue in list(self._queues.values()):
            if queue.properties.durable:
                queue.keep_persistent()
            else:
                self.delete_queue(queue)
        for name in [name for name, kind in self._exchanges.items() if not kind.durable]:
            self.delete_exchange(name)

    def _route(self, message: Message) -> list[Queue]:
        """Return the queues that a message goes to, each once."""
        key = message.routing_key
        if not message.exchange:
            return [self._queues[key]] if key in self._queues else []
        kind = self._exchanges[message.exchange].type
        names = [
            binding.queue
            for binding in self._bindings
            if binding.exchange == message.exchange and _matches(kind, binding.routing_key, key)
        ]
        return [self._queues[name] for name in dict.fromkeys(names)]

    def _forget_bindings(self, is_gone: Callable[[Binding], bool]) -> None:
        for binding in [binding for binding in self._bindings if is_gone(binding)]:
            del self._bindings[binding]


def refuse_direct_replies(name: str | None) -> None:
    """Raise NotImplementedError for the queue that stands for the client that asks."""
    if (name or "").startswith(_REPLY_TO):
        raise unsupported(f"direct reply-to, the queue {_REPLY_TO}")


def _assert_not_reserved(kind: str, name: str) -> None:
    if name.startswith("amq."):
        raise ChannelFailure(403, f"{kind} name '{name}' contains reserved prefix 'amq.*'")


def _locked(queue: str) -> ChannelFailure:
    text = f"cannot obtain exclusive access to locked {named('queue', queue)}"
    return ChannelFailure(405, text)


def _matches(exchange_type: str, pattern: str, routing_key: str) -> bool:
    if exchange_type == "fanout":
        return True
    if exchange_type == "direct":
        return pattern == routing_key
    return _topic_matches(pattern, routing_key)


def _topic_matches(pattern: str, routing_key: str) -> bool:
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
