"""One queue: its messages in order, and the consumers that take turns."""

import bisect
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from kata.services.amqp.properties import QueueProperties


@dataclass(frozen=True)
class Message:
    """A message as it was published: where to, its `pika.BasicProperties`, its body."""

    exchange: str
    routing_key: str
    properties: Any
    body: bytes

    @property
    def is_persistent(self) -> bool:
        return bool(self.properties.delivery_mode == 2)

    @property
    def ttl(self) -> int | None:
        """Return after how many milliseconds the message expires, if it says so."""
        expiration = self.properties.expiration
        return None if expiration is None else int(expiration)


@dataclass(frozen=True, order=True)
class Entry:
    """A message at its place in a queue, which it keeps when it comes back."""

    position: int
    message: Message = field(compare=False)
    expires_at: float | None = field(compare=False)
    redelivered: bool = field(default=False, compare=False)


class Receiver(Protocol):
    """The channel of a consumer."""

    @property
    def is_full(self) -> bool: ...

    def deliver(self, consumer: "Consumer", entry: Entry) -> None: ...

    def consumer_cancelled(self, consumer: "Consumer") -> None: ...


@dataclass(eq=False)
class Consumer:
    """A subscription; `prefetch` limits the messages that it has not acknowledged, 0 does not."""

    tag: str
    queue: "Queue"
    channel: Receiver
    auto_ack: bool
    exclusive: bool
    prefetch: int
    unacked: int = 0

    @property
    def has_room(self) -> bool:
        return self.auto_ack or not self.prefetch or self.unacked < self.prefetch


class Queue:
    """A classic queue.

    `bury` is called with a message that died here and the reason; `owner` is the connection of an
    exclusive queue; `clock` gives seconds.
    """

    def __init__(
        self,
        name: str,
        properties: QueueProperties,
        owner: object | None,
        clock: Callable[[], float],
        bury: Callable[["Queue", Message, str], None],
    ) -> None:
        self.name = name
        self.properties = properties
        self.owner = owner
        self.is_deleted = False
        self._clock = clock
        self._bury = bury
        self._ready: list[Entry] = []
        self._next_position = 0
        self._active: deque[Consumer] = deque()
        self._waiting: list[Consumer] = []  # Those found full when it was their turn …
        self._full: set[Receiver] = set()  # … and the channels that were, until they tell.

    @property
    def message_count(self) -> int:
        """Return how many messages wait here; those that a client holds do not count."""
        return len(self._ready)

    @property
    def consumers(self) -> list[Consumer]:
        return [*self._active, *self._waiting]

    def publish(self, message: Message) -> None:
        """Append a message; a consumer with room gets it before any limit of the queue counts."""
        self._ready.append(Entry(self._next_position, message, self._expiry(message)))
        self._next_position += 1
        self.deliver()
        self._trim()
        self.expire()

    def requeue(self, entries: Iterable[Entry]) -> None:
        """Put messages back in their old places, marked as redelivered."""
        if self.is_deleted:
            return
        for entry in entries:
            bisect.insort(self._ready, replace(entry, redelivered=True))
        self._trim()
        self.expire()
        self.deliver()

    def take(self) -> Entry | None:
        """Return the first message and remove it; None if there is none."""
        self.expire()
        return self._pop() if self._ready else None

    def forget(self, entries: Iterable[Entry]) -> None:
        """Be done with messages that a client has acknowledged."""

    def reject(self, entries: Iterable[Entry]) -> None:
        """Let messages die that a consumer refused."""
        if not self.is_deleted:
            for entry in entries:
                self._bury(self, entry.message, "rejected")

    def purge(self) -> int:
        """Drop all messages that nobody holds, and return how many they were."""
        count = len(self._ready)
        self._ready.clear()
        return count

    def keep_persistent(self) -> None:
        """Drop the messages that do not survive a restart of the broker."""
        self._ready = [entry for entry in self._ready if entry.message.is_persistent]

    def expire(self) -> None:
        """Let the expired messages at the head die.

        As in RabbitMQ, one that expired behind another waits until it has come to the head.
        """
        now = self._clock()
        while self._ready and (expires_at := self._ready[0].expires_at) is not None:
            if expires_at > now:
                break
            self._bury(self, self._ready.pop(0).message, "expired")

    def add(self, consumer: Consumer) -> None:
        self._active.append(consumer)
        self.deliver()

    def remove(self, consumer: Consumer) -> None:
        for consumers in (self._active, self._waiting):
            if consumer in consumers:
                consumers.remove(consumer)
        if all(other.channel is not consumer.channel for other in self.consumers):
            self._full.discard(consumer.channel)

    def settle(
        self,
        consumer: Consumer | None,
        entries: list[Entry],
        act: Callable[["Queue", list[Entry]], None],
    ) -> None:
        """Act on messages that a consumer held, once it counts as having room for others."""
        if consumer is not None:
            was_full = not consumer.has_room
            consumer.unacked -= len(entries)
            if was_full:
                self._reactivate(consumer.channel)
        act(self, entries)
        self.deliver()

    def resume(self, channel: Receiver) -> None:
        """Go on with the consumers of a channel that was full and has room now."""
        self._full.discard(channel)
        self._reactivate(channel)
        self.deliver()

    def deliver(self) -> None:
        """Hand out messages, one to each consumer in turn, as long as one of them has room.

        A consumer that was found full loses its turn; with room again, it goes to the end.
        """
        while self._ready and self._active:
            consumer = self._active.popleft()
            if self._has_room(consumer):
                self._active.append(consumer)
                consumer.channel.deliver(consumer, self._pop())
            else:
                self._waiting.append(consumer)

    def _has_room(self, consumer: Consumer) -> bool:
        channel = consumer.channel
        if channel in self._full or not consumer.has_room:
            return False
        if channel.is_full:
            self._full.add(channel)
        return not channel.is_full

    def _reactivate(self, channel: Receiver) -> None:
        for consumer in list(self._waiting):
            if consumer.channel is channel and consumer.has_room:
                self._waiting.remove(consumer)
                self._active.append(consumer)

    def _pop(self) -> Entry:
        entry = self._ready.pop(0)
        self.expire()
        return entry

    def _trim(self) -> None:
        limit = self.properties.max_length
        while limit is not None and len(self._ready) > limit:
            self._bury(self, self._ready.pop(0).message, "maxlen")

    def _expiry(self, message: Message) -> float | None:
        ttls = [ttl for ttl in (self.properties.ttl, message.ttl) if ttl is not None]
        return self._clock() + min(ttls) / 1000 if ttls else None
