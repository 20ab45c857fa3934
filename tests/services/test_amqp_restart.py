"""What no test can do to a real RabbitMQ: restart it and stop it.

What a restart keeps stands in RabbitMQ's documentation and was compared with a node of its own,
RabbitMQ 3.10.8. All else that the broker in memory does is in tests/contracts.
"""

import threading
from functools import partial
from typing import Any

import pika
import pytest
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ChannelWrongStateError,
    ConnectionClosedByBroker,
)

PERSISTENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
TRANSIENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Transient)


def exists(channel: Any, kind: str, name: str) -> bool:
    """Say whether there is a queue or an exchange."""
    with channel.connection.channel() as own:
        try:
            getattr(own, f"{kind}_declare")(name, passive=True)
        except ChannelClosedByBroker:
            return False
    return True


def drain(channel: Any, queue: str) -> list[tuple[bytes, bool]]:
    read = iter(partial(channel.basic_get, queue, auto_ack=True), (None, None, None))
    return [(body, delivery.redelivered) for delivery, _, body in read]


class TestRestart:
    def test_persistent_messages_in_durable_queues_survive(self, broker, channel):
        """Follow https://www.rabbitmq.com/docs/queues#durability.

        "Durable queues will be recovered on node boot, including messages in them published as
        persistent. Messages published as transient will be discarded during recovery, even if
        they were stored in durable queues."
        """
        channel.queue_declare("durable", durable=True)
        channel.basic_publish("", "durable", b"persistent", PERSISTENT)
        channel.basic_publish("", "durable", b"transient", TRANSIENT)
        channel.basic_publish("", "durable", b"says nothing")

        broker.restart()

        assert drain(broker.connect().channel(), "durable") == [(b"persistent", False)]

    def test_transient_and_exclusive_queues_vanish(self, broker, channel):
        """Follow https://www.rabbitmq.com/docs/queues#durability.

        "Transient queues will be deleted on node boot"; an exclusive queue, durable or not, goes
        with its connection.
        """
        channel.queue_declare("transient")
        channel.queue_declare("exclusive", durable=True, exclusive=True)
        channel.basic_publish("", "transient", b"lost", PERSISTENT)

        broker.restart()

        after = broker.connect().channel()
        assert [exists(after, "queue", name) for name in ("transient", "exclusive")] == [False] * 2

    def test_an_auto_delete_queue_survives_without_consumers_only(self, broker, channel):
        """Follow https://www.rabbitmq.com/docs/queues#temporary-queues.

        An auto-delete queue goes with its last consumer, and a shutdown takes the consumers away.
        """
        for name in ("never used", "in use"):
            channel.queue_declare(name, durable=True, auto_delete=True)
        channel.basic_consume("in use", print)

        broker.restart()

        after = broker.connect().channel()
        assert [exists(after, "queue", name) for name in ("never used", "in use")] == [True, False]

    def test_durable_exchanges_and_their_bindings_survive(self, broker, channel):
        """Follow https://www.rabbitmq.com/tutorials/amqp-concepts#exchanges.

        "Durable exchanges survive broker restart whereas transient exchanges do not"; a binding
        lasts as long as both of its ends.
        """
        channel.queue_declare("durable", durable=True)
        channel.queue_declare("transient")
        channel.exchange_declare("stays", "topic", durable=True)
        channel.exchange_declare("goes", "topic")
        for exchange in ("stays", "goes"):
            for queue in ("durable", "transient"):
                channel.queue_bind(queue, exchange, "a.*")

        broker.restart()

        after = broker.connect().channel()
        after.confirm_delivery()
        after.basic_publish("stays", "a.b", b"1", mandatory=True)
        assert drain(after, "durable") == [(b"1", False)]
        assert not exists(after, "exchange", "goes")
        assert exists(after, "exchange", "amq.topic")

    def test_a_message_that_a_client_held_returns_as_redelivered(self, broker, channel):
        """Follow https://www.rabbitmq.com/docs/confirms#automatic-requeueing."""
        channel.queue_declare("durable", durable=True)
        for body in (b"1", b"2", b"3"):
            channel.basic_publish("", "durable", body, PERSISTENT)
        channel.basic_ack(channel.basic_get("durable")[0].delivery_tag)
        channel.basic_get("durable")

        broker.restart()

        assert drain(broker.connect().channel(), "durable") == [(b"2", True), (b"3", False)]

    def test_what_survived_one_restart_survives_the_next(self, broker, channel):
        arguments = {"x-message-ttl": 60_000}
        channel.queue_declare("durable", durable=True, arguments=arguments)
        channel.basic_publish("", "durable", b"1", PERSISTENT)

        broker.restart()
        broker.restart()

        after = broker.connect().channel()
        declared = after.queue_declare("durable", durable=True, arguments=arguments)
        assert declared.method.message_count == 1

    def test_every_connection_is_closed(self, broker, channel):
        other = broker.connect()

        broker.restart()

        wait = partial(other.process_data_events, time_limit=5)
        for call in (partial(channel.queue_declare, "any"), wait):
            with pytest.raises(ConnectionClosedByBroker) as caught:
                call()
            assert caught.value.reply_code == 320
            assert caught.value.reply_text == (
                "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"
            )
        with pytest.raises(ChannelWrongStateError):
            channel.queue_declare("any")


class TestStop:
    def test_a_stopped_broker_refuses_connections(self, broker, connection):
        broker.stop()

        with pytest.raises(AMQPConnectionError) as caught:
            broker.connect()
        assert "ConnectionRefusedError" in repr(caught.value)

    def test_the_attempts_of_pika_find_a_broker_that_came_back(self, broker):
        parameters = pika.ConnectionParameters(connection_attempts=1_000_000, retry_delay=0)
        broker.stop()

        starter = threading.Thread(target=broker.start)
        starter.start()
        with broker.connect(parameters) as connection:
            assert connection.is_open
        starter.join()

    def test_a_started_broker_has_what_was_durable(self, broker, channel):
        channel.queue_declare("durable", durable=True)
        channel.basic_publish("", "durable", b"1", PERSISTENT)

        broker.stop()
        broker.start()

        assert drain(broker.connect().channel(), "durable") == [(b"1", False)]
