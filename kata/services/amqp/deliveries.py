"""What a channel has handed out: to which consumers, what it takes back, and how much it may hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pika import spec  # type: ignore[import-untyped]

from kata.services.amqp.errors import ChannelFailure, ConnectionFailure, named
from kata.services.amqp.queues import Consumer, Entry, Queue


@dataclass(frozen=True)
class _Unacked:
    """A message that was handed out and that the broker takes back if need be."""

    tag: int
    entry: Entry
    queue: Queue
    consumer: Consumer | None


class Deliveries:
    """Hand out the messages of a channel.

    `send` takes a method, and a message, for the client; `delete_queue` a queue whose last consumer
    was its end.
    """

    def __init__(self, send: Callable[..., None], delete_queue: Callable[[Queue], None]) -> None:
        self._send = send
        self._delete_queue = delete_queue
        self._consumers: dict[str, Consumer] = {}
        self._unacked: dict[int, _Unacked] = {}
        self._last_tag = 0
        self._prefetch = 0
        self._shared_prefetch = 0
        self._shared_count = 0

    @property
    def is_full(self) -> bool:
        """Say whether the limit that all consumers of the channel share is reached."""
        return 0 < self._shared_prefetch <= self._shared_count

    def limit(self, prefetch: int, *, shared: bool) -> None:
        """Set the limit of the consumers to come, or the one that all share.

        As in RabbitMQ, the first ends the second. A new limit counts whatever the channel holds.
        """
        was_full = self.is_full
        if not shared:
            self._prefetch = prefetch
        elif not self._shared_prefetch:
            self._shared_count = len(self._unacked)
        self._shared_prefetch = prefetch if shared else 0
        if was_full and not self.is_full:
            self._resume()

    def consume(self, queue: Queue, tag: str, *, auto_ack: bool, exclusive: bool) -> None:
        """Start a consumer."""
        if tag in self._consumers:
            raise ConnectionFailure(530, f"attempt to reuse consumer tag '{tag}'")
        if queue.consumers and (exclusive or queue.consumers[0].exclusive):
            raise ChannelFailure(403, f"{named('queue', queue.name)} in exclusive use")
        consumer = Consumer(tag, queue, self, auto_ack, exclusive, self._prefetch)
        self._consumers[tag] = consumer
        self._send(spec.Basic.ConsumeOk(tag))  # Before the messages that may follow at once.
        queue.add(consumer)

    def cancel(self, tag: str) -> None:
        """End a consumer, if there is one of this tag."""
        if consumer := self._consumers.pop(tag, None):
            queue = consumer.queue
            queue.remove(consumer)
            if queue.properties.auto_delete and not queue.consumers and not queue.is_deleted:
                self._delete_queue(queue)

    def deliver(self, consumer: Consumer, entry: Entry) -> None:
        """Send a message to a consumer."""
        tag = self._hand_out(entry, consumer.queue, consumer, keep=not consumer.auto_ack)
        message = entry.message
        delivery = spec.Basic.Deliver(
            consumer.tag, tag, entry.redelivered, message.exchange, message.routing_key
        )
        self._send(delivery, message.properties, message.body)

    def get(self, queue: Queue, *, auto_ack: bool) -> None:
        """Send the first message of a queue."""
        entry = queue.take()
        if entry is None:
            self._send(spec.Basic.GetEmpty())
            return
        tag = self._hand_out(entry, queue, None, keep=not auto_ack)
        message = entry.message
        answer = spec.Basic.GetOk(
            tag, entry.redelivered, message.exchange, message.routing_key, queue.message_count
        )
        self._send(answer, message.properties, message.body)

    def consumer_cancelled(self, consumer: Consumer) -> None:
        """Tell the client that a consumer's queue is gone."""
        if self._consumers.pop(consumer.tag, None):
            self._send(spec.Basic.Cancel(consumer.tag, nowait=True))

    def settle(
        self, tag: int, act: Callable[[Queue, list[Entry]], None], *, multiple: bool = False
    ) -> None:
        """Take messages off the list of those that the client holds, and act on each queue's.

        `multiple` means all up to the tag, and with the tag 0 all there are.
        """
        if tag not in self._unacked and not (multiple and tag == 0):
            raise ChannelFailure(406, f"unknown delivery tag {tag}")
        tags = [each for each in self._unacked if each <= tag or tag == 0] if multiple else [tag]
        settled = [self._unacked.pop(each) for each in tags]
        # The channel has room before its queues act: what goes back may come again at once. Those
        # of its consumers that were found full before hear of it afterwards.
        was_full = self.is_full
        consumed = sum(unacked.consumer is not None for unacked in settled)
        self._shared_count = max(0, self._shared_count - consumed)
        has_room = was_full and not self.is_full
        for group in _groups(settled):
            first = group[0]
            first.queue.settle(first.consumer, [unacked.entry for unacked in group], act)
        if has_room:
            self._resume()

    def close(self) -> None:
        """End the consumers, and put back every message that was not acknowledged."""
        for tag in list(self._consumers):
            self.cancel(tag)
        held, self._unacked = self._unacked, {}
        for queue in dict.fromkeys(unacked.queue for unacked in held.values()):
            queue.requeue([each.entry for each in held.values() if each.queue is queue])

    def _hand_out(
        self, entry: Entry, queue: Queue, consumer: Consumer | None, *, keep: bool
    ) -> int:
        self._last_tag += 1
        if keep:
            self._unacked[self._last_tag] = _Unacked(self._last_tag, entry, queue, consumer)
            if consumer:
                consumer.unacked += 1
                self._shared_count += 1
        return self._last_tag

    def _resume(self) -> None:
        """Have the queues go on that the shared limit held up."""
        for queue in dict.fromkeys(consumer.queue for consumer in self._consumers.values()):
            queue.resume(self)


def _groups(settled: list[_Unacked]) -> list[list[_Unacked]]:
    """Return messages by queue and consumer, in the order in which RabbitMQ settles them.

    Those that were fetched with Basic.Get come first, and one by one.
    """
    groups: dict[Any, list[_Unacked]] = {}
    for unacked in settled:
        consumer = unacked.consumer
        receiver = (1, consumer.tag) if consumer else (0, unacked.tag)
        groups.setdefault((unacked.queue.name, id(unacked.queue), receiver), []).append(unacked)
    return [groups[key] for key in sorted(groups)]
