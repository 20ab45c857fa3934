"""The broker's side of a channel: what each method of AMQP 0-9-1 does.

https://www.rabbitmq.com/docs/amqp-0-9-1-reference
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pika import spec  # type: ignore[import-untyped]

from kata.services.amqp.arguments import LONGEST_TTL
from kata.services.amqp.errors import ChannelFailure, ConnectionFailure, named
from kata.services.amqp.queues import Consumer, Entry, Message, Queue
from kata.services.amqp.topology import Binding, Exchange, VirtualHost


@dataclass(frozen=True)
class Unacked:
    """A message that was handed out and that the broker takes back if need be."""

    entry: Entry
    queue: Queue
    consumer: Consumer | None


class Channel:
    """Carry out the methods that come in on one channel.

    `client` stands for the connection, which owns its exclusive queues; `send` takes a method for
    the client, and with some methods the properties and the body of a message.
    """

    def __init__(
        self, client: object, virtual_host: VirtualHost, user: str, send: Callable[..., None]
    ) -> None:
        self._client = client
        self._virtual_host = virtual_host
        self._user = user
        self._send = send
        self._consumers: dict[str, Consumer] = {}
        self._unacked: dict[int, Unacked] = {}
        self._last_tag = 0
        self._last_queue = ""
        self._published: int | None = None  # Counts once the client asked for confirms.
        self._prefetch = 0
        self._shared_prefetch = 0

    @property
    def has_room(self) -> bool:
        """Say whether the limit that all consumers of the channel share allows another message."""
        held = sum(unacked.consumer is not None for unacked in self._unacked.values())
        return not self._shared_prefetch or held < self._shared_prefetch

    def handle(self, method: Any) -> None:
        """Carry out a method and send the answer, if it has one.

        Raises:
            ChannelFailure, ConnectionFailure: what RabbitMQ closes a channel or connection for.
            NotImplementedError: this broker does not support the method or an argument of it.
        """
        handler = getattr(self, f"_on_{method.NAME.lower().replace('.', '_')}", None)
        if handler is None:
            raise NotImplementedError(f"The in-memory broker does not support {method.NAME}.")
        answer = handler(method)
        if answer is not None and not getattr(method, "nowait", False):
            self._send(answer)
        self._virtual_host.bury()

    def publish(self, method: Any, properties: Any, body: bytes) -> None:
        """Carry out a Basic.Publish, whose content has arrived."""
        exchange = self._virtual_host.exchange(method.exchange)
        if exchange.internal:
            text = f"cannot publish to internal {named('exchange', exchange.name)}"
            raise ChannelFailure(403, text)
        self._check(properties)
        message = Message(method.exchange, method.routing_key, properties, body)
        is_routed = self._virtual_host.publish(message)
        if method.mandatory and not is_routed:
            returned = spec.Basic.Return(312, "NO_ROUTE", method.exchange, method.routing_key)
            self._send(returned, properties, body)
        if self._published is not None:
            self._published += 1
            self._send(spec.Basic.Ack(self._published))
        self._virtual_host.bury()

    def deliver(self, consumer: Consumer, entry: Entry) -> None:
        """Send a message to a consumer."""
        tag = self._hand_out(entry, consumer.queue, consumer, keep=not consumer.auto_ack)
        message = entry.message
        delivery = spec.Basic.Deliver(
            consumer.tag, tag, entry.redelivered, message.exchange, message.routing_key
        )
        self._send(delivery, message.properties, message.body)

    def consumer_cancelled(self, consumer: Consumer) -> None:
        """Tell the client that a consumer's queue is gone."""
        if self._consumers.pop(consumer.tag, None):
            self._send(spec.Basic.Cancel(consumer.tag, nowait=True))

    def close(self) -> None:
        """End the consumers, and put back every message that was not acknowledged."""
        for tag in list(self._consumers):
            self._cancel(tag)
        held, self._unacked = self._unacked, {}
        for queue in dict.fromkeys(unacked.queue for unacked in held.values()):
            queue.requeue([each.entry for each in held.values() if each.queue is queue])
        self._virtual_host.bury()

    def _on_exchange_declare(self, method: Any) -> Any:
        self._refuse_default_exchange(method.exchange)
        if method.passive:
            self._virtual_host.exchange(method.exchange)
        else:
            _refuse_arguments(method)
            self._virtual_host.declare_exchange(
                Exchange(
                    method.exchange,
                    method.type,
                    method.durable,
                    method.auto_delete,
                    method.internal,
                )
            )
        return spec.Exchange.DeclareOk()

    def _on_exchange_delete(self, method: Any) -> Any:
        self._refuse_default_exchange(method.exchange)
        self._virtual_host.delete_exchange(method.exchange, if_unused=method.if_unused)
        return spec.Exchange.DeleteOk()

    def _on_exchange_bind(self, method: Any) -> Any:
        self._virtual_host.bind(self._exchange_binding(method, must_exist=True))
        return spec.Exchange.BindOk()

    def _on_exchange_unbind(self, method: Any) -> Any:
        self._virtual_host.unbind(self._exchange_binding(method, must_exist=False))
        return spec.Exchange.UnbindOk()

    def _on_queue_declare(self, method: Any) -> Any:
        if method.passive:
            queue = self._virtual_host.queue(method.queue, self._client)
        else:
            queue = self._virtual_host.declare_queue(
                method.queue,
                durable=method.durable,
                auto_delete=method.auto_delete,
                owner=self._client if method.exclusive else None,
                raw_arguments=method.arguments,
            )
        self._last_queue = queue.name
        return spec.Queue.DeclareOk(queue.name, queue.message_count, len(queue.consumers))

    def _on_queue_bind(self, method: Any) -> Any:
        self._virtual_host.bind(self._queue_binding(method, must_exist=True))
        return spec.Queue.BindOk()

    def _on_queue_unbind(self, method: Any) -> Any:
        self._virtual_host.unbind(self._queue_binding(method, must_exist=False))
        return spec.Queue.UnbindOk()

    def _on_queue_purge(self, method: Any) -> Any:
        return spec.Queue.PurgeOk(self._queue(method.queue).purge())

    def _on_queue_delete(self, method: Any) -> Any:
        try:
            queue = self._queue(method.queue)
        except ChannelFailure as failure:
            if failure.code == 404 and (method.queue or self._last_queue):
                return spec.Queue.DeleteOk(0)
            raise
        if method.if_empty and queue.message_count:
            raise ChannelFailure(406, f"{named('queue', queue.name)} not empty")
        if method.if_unused and queue.consumers:
            raise ChannelFailure(406, f"{named('queue', queue.name)} in use")
        count = queue.message_count
        self._virtual_host.delete_queue(queue)
        return spec.Queue.DeleteOk(count)

    def _on_basic_qos(self, method: Any) -> Any:
        if method.prefetch_size:
            raise ConnectionFailure(540, f"prefetch_size!=0 ({method.prefetch_size})")
        if method.global_qos:
            self._shared_prefetch = method.prefetch_count
            self._deliver_to_all()
        else:
            self._prefetch = method.prefetch_count
        return spec.Basic.QosOk()

    def _on_basic_consume(self, method: Any) -> None:
        _refuse_arguments(method)
        queue = self._queue(method.queue)
        tag = method.consumer_tag
        if tag in self._consumers:
            raise ConnectionFailure(530, f"attempt to reuse consumer tag '{tag}'")
        if queue.consumers and (method.exclusive or queue.consumers[0].exclusive):
            raise ChannelFailure(403, f"{named('queue', queue.name)} in exclusive use")
        consumer = Consumer(tag, queue, self, method.no_ack, method.exclusive, self._prefetch)
        self._consumers[tag] = consumer
        self._send(spec.Basic.ConsumeOk(tag))  # Before the messages that may follow at once.
        queue.add(consumer)

    def _on_basic_cancel(self, method: Any) -> Any:
        self._cancel(method.consumer_tag)
        return spec.Basic.CancelOk(method.consumer_tag)

    def _on_basic_get(self, method: Any) -> None:
        queue = self._queue(method.queue)
        entry = queue.take()
        if entry is None:
            self._send(spec.Basic.GetEmpty())
            return
        tag = self._hand_out(entry, queue, None, keep=not method.no_ack)
        message = entry.message
        answer = spec.Basic.GetOk(
            tag, entry.redelivered, message.exchange, message.routing_key, queue.message_count
        )
        self._send(answer, message.properties, message.body)

    def _on_basic_ack(self, method: Any) -> None:
        self._settle(method.delivery_tag, lambda queue, entries: None, multiple=method.multiple)

    def _on_basic_nack(self, method: Any) -> None:
        act = Queue.requeue if method.requeue else Queue.reject
        self._settle(method.delivery_tag, act, multiple=method.multiple)

    def _on_basic_reject(self, method: Any) -> None:
        self._settle(method.delivery_tag, Queue.requeue if method.requeue else Queue.reject)

    def _on_basic_recover(self, method: Any) -> Any:
        if not method.requeue:
            raise ConnectionFailure(540, "requeue=false")
        self._settle(0, Queue.requeue, multiple=True)
        return spec.Basic.RecoverOk()

    def _on_confirm_select(self, method: Any) -> Any:
        self._published = self._published or 0
        return spec.Confirm.SelectOk()

    def _queue(self, name: str) -> Queue:
        """Return a queue; without a name, the one that was declared last on this channel."""
        if not name and not self._last_queue:
            raise ChannelFailure(404, "no previously declared queue")
        return self._virtual_host.queue(name or self._last_queue, self._client)

    def _queue_binding(self, method: Any, *, must_exist: bool) -> Binding:
        _refuse_arguments(method)
        self._refuse_default_exchange(method.exchange)
        routing_key = method.routing_key
        if not method.queue and not routing_key:
            routing_key = self._last_queue
        name = method.queue or self._last_queue
        if must_exist:
            self._virtual_host.exchange(method.exchange)
            name = self._queue(method.queue).name
        return Binding(method.exchange, "queue", name, routing_key)

    def _exchange_binding(self, method: Any, *, must_exist: bool) -> Binding:
        _refuse_arguments(method)
        for name in (method.source, method.destination):
            self._refuse_default_exchange(name)
            if must_exist:
                self._virtual_host.exchange(name)
        return Binding(method.source, "exchange", method.destination, method.routing_key)

    def _refuse_default_exchange(self, name: str) -> None:
        if not name:
            raise ChannelFailure(403, "operation not permitted on the default exchange")

    def _check(self, properties: Any) -> None:
        """Refuse the properties of a message that RabbitMQ refuses."""
        user = properties.user_id
        if user is not None and user != self._user:
            text = f"user_id property set to '{user}' but authenticated user was '{self._user}'"
            raise ChannelFailure(406, text)
        if properties.expiration is not None and (problem := _problem(properties.expiration)):
            raise ChannelFailure(406, f"invalid expiration '{properties.expiration}': {problem}")
        if properties.delivery_mode not in (None, 1, 2):
            text = f"invalid message: {{delivery_mode_unknown,{properties.delivery_mode}}}"
            raise ChannelFailure(406, text)
        for header in ("CC", "BCC"):
            if header in (properties.headers or {}):
                text = f"The in-memory broker does not support the {header} header."
                raise NotImplementedError(text)

    def _hand_out(
        self, entry: Entry, queue: Queue, consumer: Consumer | None, *, keep: bool
    ) -> int:
        self._last_tag += 1
        if keep:
            self._unacked[self._last_tag] = Unacked(entry, queue, consumer)
            if consumer:
                consumer.unacked += 1
        return self._last_tag

    def _settle(
        self,
        delivery_tag: int,
        act: Callable[[Queue, list[Entry]], None],
        *,
        multiple: bool = False,
    ) -> None:
        """Take messages off the list of those that the client holds, and act on each queue's.

        `multiple` means all up to the tag, and with the tag 0 all there are.
        """
        if delivery_tag not in self._unacked and not (multiple and delivery_tag == 0):
            raise ChannelFailure(406, f"unknown delivery tag {delivery_tag}")
        tags = [delivery_tag]
        if multiple:
            tags = [tag for tag in self._unacked if tag <= delivery_tag or delivery_tag == 0]
        for group in self._groups(tags):
            for unacked in group:
                if unacked.consumer:
                    unacked.consumer.unacked -= 1
            queue = group[0].queue
            act(queue, [unacked.entry for unacked in group])
            queue.deliver()
        for tag in tags:  # Only now is there room for all consumers of the channel.
            del self._unacked[tag]
        self._deliver_to_all()

    def _groups(self, tags: Iterable[int]) -> list[list[Unacked]]:
        """Return messages by queue and consumer, in the order in which RabbitMQ settles them.

        Those that were fetched with Basic.Get come first, and one by one.
        """
        groups: dict[Any, list[Unacked]] = {}
        for tag in tags:
            unacked = self._unacked[tag]
            queue, consumer = unacked.queue, unacked.consumer
            receiver = (1, consumer.tag) if consumer else (0, tag)
            groups.setdefault((queue.name, id(queue), receiver), []).append(unacked)
        return [groups[key] for key in sorted(groups)]

    def _deliver_to_all(self) -> None:
        """Go on delivering where the limit that the consumers share held them up."""
        for queue in dict.fromkeys(consumer.queue for consumer in self._consumers.values()):
            queue.deliver()

    def _cancel(self, tag: str) -> None:
        consumer = self._consumers.pop(tag, None)
        if consumer is None:
            return
        queue = consumer.queue
        queue.remove(consumer)
        if queue.auto_delete and not queue.consumers and not queue.is_deleted:
            self._virtual_host.delete_queue(queue)


def _refuse_arguments(method: Any) -> None:
    for name, value in (method.arguments or {}).items():
        text = f"The in-memory broker does not support {name}={value!r} in {method.NAME}."
        raise NotImplementedError(text)


def _problem(expiration: str) -> str | None:
    """Say what RabbitMQ dislikes about a message's expiration, in its own words."""
    digits = len(expiration) - len(expiration.lstrip("+-"))
    while digits < len(expiration) and expiration[digits].isdigit():
        digits += 1
    try:
        number = int(expiration[:digits])
    except ValueError:
        return "no_integer"
    if digits < len(expiration):
        return f'{{leftover_string,"{expiration[digits:]}"}}'
    if number < 0:
        return f"{{value_negative,{number}}}"
    return f"{{value_too_large,{number}}}" if number > LONGEST_TTL else None
