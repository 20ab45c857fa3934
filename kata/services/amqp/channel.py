"""The broker's side of a channel: what each method of AMQP 0-9-1 does.

https://www.rabbitmq.com/docs/amqp-0-9-1-reference
"""

import re
from collections.abc import Callable
from typing import Any

from pika import spec  # type: ignore[import-untyped]

from kata.services.amqp.deliveries import Deliveries
from kata.services.amqp.errors import ChannelFailure, ConnectionFailure, named, unsupported
from kata.services.amqp.properties import (
    LONGEST_TTL,
    exchange_properties,
    queue_properties,
    refuse_arguments,
)
from kata.services.amqp.queues import Message, Queue
from kata.services.amqp.topology import Binding, VirtualHost, refuse_direct_replies


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
        self._deliveries = Deliveries(send, virtual_host.delete_queue)
        self._last_queue = ""
        self._published: int | None = None  # Counts once the client asked for confirms.

    def handle(self, method: Any) -> None:
        """Carry out a method and send the answer, if it has one.

        Raises:
            ChannelFailure, ConnectionFailure: what RabbitMQ closes a channel or connection for.
            NotImplementedError: this broker does not support the method or an argument of it.
        """
        handler = getattr(self, f"_on_{method.NAME.lower().replace('.', '_')}", None)
        if handler is None:
            raise unsupported(method.NAME)
        answer = handler(method)
        if answer is not None and not getattr(method, "nowait", False):
            self._send(answer)
        self._virtual_host.bury()

    def publish(self, method: Any, properties: Any, body: bytes) -> None:
        """Carry out a Basic.Publish, whose content has arrived."""
        if method.immediate:
            raise ConnectionFailure(540, "immediate=true")
        self._virtual_host.assert_exchange(method.exchange)
        self._check(properties)
        if not method.exchange:
            refuse_direct_replies(method.routing_key)
        message = Message(method.exchange, method.routing_key, properties, body)
        is_routed = self._virtual_host.publish(message)
        if method.mandatory and not is_routed:
            returned = spec.Basic.Return(312, "NO_ROUTE", method.exchange, method.routing_key)
            self._send(returned, properties, body)
        if self._published is not None:
            self._published += 1
            self._send(spec.Basic.Ack(self._published))
        self._virtual_host.bury()

    def close(self) -> None:
        """End the consumers, and put back every message that was not acknowledged."""
        self._deliveries.close()
        self._virtual_host.bury()

    def _on_exchange_declare(self, method: Any) -> Any:
        _refuse_default_exchange(method.exchange)
        if method.passive:
            self._virtual_host.assert_exchange(method.exchange)
        else:
            self._virtual_host.declare_exchange(method.exchange, exchange_properties(method))
        return spec.Exchange.DeclareOk()

    def _on_exchange_delete(self, method: Any) -> Any:
        _refuse_default_exchange(method.exchange)
        self._virtual_host.delete_exchange(method.exchange, if_unused=method.if_unused)
        return spec.Exchange.DeleteOk()

    def _on_queue_declare(self, method: Any) -> Any:
        if method.passive:
            queue = self._virtual_host.queue(method.queue, self._client)
        else:
            owner = self._client if method.exclusive else None
            queue = self._virtual_host.declare_queue(method.queue, queue_properties(method), owner)
        self._last_queue = queue.name
        return spec.Queue.DeclareOk(queue.name, queue.message_count, len(queue.consumers))

    def _on_queue_bind(self, method: Any) -> Any:
        binding = self._binding(method)
        self._virtual_host.assert_exchange(method.exchange)
        self._virtual_host.queue(binding.queue, self._client)
        self._virtual_host.bind(binding)
        return spec.Queue.BindOk()

    def _on_queue_unbind(self, method: Any) -> Any:
        self._virtual_host.unbind(self._binding(method), self._client)
        return spec.Queue.UnbindOk()

    def _on_queue_purge(self, method: Any) -> Any:
        return spec.Queue.PurgeOk(self._queue(method.queue).purge())

    def _on_queue_delete(self, method: Any) -> Any:
        name = self._queue_name(method.queue)
        try:
            queue = self._virtual_host.queue(name, self._client)
        except ChannelFailure as failure:
            if failure.code == 404:
                return spec.Queue.DeleteOk(0)
            raise
        if method.if_empty and queue.message_count:
            raise ChannelFailure(406, f"{named('queue', name)} not empty")
        if method.if_unused and queue.consumers:
            raise ChannelFailure(406, f"{named('queue', name)} in use")
        count = queue.message_count
        self._virtual_host.delete_queue(queue)
        return spec.Queue.DeleteOk(count)

    def _on_basic_qos(self, method: Any) -> Any:
        if method.prefetch_size:
            raise ConnectionFailure(540, f"prefetch_size!=0 ({method.prefetch_size})")
        self._deliveries.limit(method.prefetch_count, shared=method.global_qos)
        return spec.Basic.QosOk()

    def _on_basic_consume(self, method: Any) -> None:
        refuse_arguments(method)
        self._deliveries.consume(
            self._queue(method.queue),
            method.consumer_tag,
            auto_ack=method.no_ack,
            exclusive=method.exclusive,
        )

    def _on_basic_cancel(self, method: Any) -> Any:
        self._deliveries.cancel(method.consumer_tag)
        return spec.Basic.CancelOk(method.consumer_tag)

    def _on_basic_get(self, method: Any) -> None:
        self._deliveries.get(self._queue(method.queue), auto_ack=method.no_ack)

    def _on_basic_ack(self, method: Any) -> None:
        self._deliveries.settle(method.delivery_tag, Queue.forget, multiple=method.multiple)

    def _on_basic_nack(self, method: Any) -> None:
        act = Queue.requeue if method.requeue else Queue.reject
        self._deliveries.settle(method.delivery_tag, act, multiple=method.multiple)

    def _on_basic_reject(self, method: Any) -> None:
        act = Queue.requeue if method.requeue else Queue.reject
        self._deliveries.settle(method.delivery_tag, act)

    def _on_basic_recover(self, method: Any) -> Any:
        if not method.requeue:
            raise ConnectionFailure(540, "requeue=false")
        self._deliveries.settle(0, Queue.requeue, multiple=True)
        return spec.Basic.RecoverOk()

    def _on_confirm_select(self, method: Any) -> Any:
        self._published = self._published or 0
        return spec.Confirm.SelectOk()

    def _queue_name(self, name: str) -> str:
        """Return the name; in place of none, that of the queue declared last on this channel."""
        if not name and not self._last_queue:
            raise ChannelFailure(404, "no previously declared queue")
        return name or self._last_queue

    def _queue(self, name: str) -> Queue:
        return self._virtual_host.queue(self._queue_name(name), self._client)

    def _binding(self, method: Any) -> Binding:
        refuse_arguments(method)
        _refuse_default_exchange(method.exchange)
        queue = self._queue_name(method.queue)
        routing_key = method.routing_key
        if not method.queue and not routing_key:
            routing_key = queue
        return Binding(method.exchange, queue, routing_key)

    def _check(self, properties: Any) -> None:
        """Refuse the properties of a message that RabbitMQ refuses, or that this broker does."""
        for is_wrong, text in (
            (properties.user_id not in (None, self._user), f"user_id '{properties.user_id}'"),
            (not _is_time(properties.expiration), f"invalid expiration '{properties.expiration}'"),
            (properties.delivery_mode not in (None, 1, 2), "invalid message: delivery mode"),
        ):
            if is_wrong:
                raise ChannelFailure(406, text)
        refuse_direct_replies(properties.reply_to)
        headers = properties.headers or {}
        for header in ("CC", "BCC"):
            if header in headers:
                raise unsupported(f"the {header} header")
        deaths = headers.get("x-death", [])
        if not isinstance(deaths, list) or not all(isinstance(death, dict) for death in deaths):
            raise unsupported("an x-death header that is no list of tables")


def _refuse_default_exchange(name: str) -> None:
    if not name:
        raise ChannelFailure(403, "operation not permitted on the default exchange")


def _is_time(expiration: str | None) -> bool:
    """Say whether a message may expire after so many milliseconds; None means never."""
    if expiration is None:
        return True
    return bool(re.fullmatch(r"\+?[0-9]+", expiration)) and int(expiration) <= LONGEST_TTL
