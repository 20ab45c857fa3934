"""How a connection to the broker in memory is lost, waits, and is kept to one thread."""

import threading
from functools import partial
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, StreamLostError

from kata.services.amqp import ForeignThreadError

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


class TestDroppedConnections:
    @pytest.mark.parametrize(
        "operation",
        [
            lambda channel: channel.basic_publish("", "queue", b"1"),
            lambda channel: channel.queue_declare("queue"),
            lambda channel: channel.basic_ack(1),
            lambda channel: channel.basic_get("queue"),
            lambda channel: channel.basic_consume("queue", print),
            lambda channel: channel.close(),
            lambda channel: channel.connection.process_data_events(),
            lambda channel: channel.connection.channel(),
            lambda channel: channel.connection.close(),
        ],
        ids=["publish", "declare", "ack", "get", "consume", "close", "wait", "channel", "hang up"],
    )
    @pytest.mark.parametrize("confirms", [False, True], ids=["bare", "confirms"])
    def test_the_next_operation_notices(self, broker, connection, confirms, operation):
        channel = connection.channel()
        if confirms:
            channel.confirm_delivery()

        broker.drop_connections()

        assert connection.is_open
        with pytest.raises(StreamLostError, match="Connection reset by peer"):
            operation(channel)
        assert (connection.is_open, channel.is_open) == (False, False)

    def test_a_consumer_that_waits_notices(self, broker, in_thread):
        is_waiting = threading.Event()

        def consume() -> None:
            channel = broker.connect().channel()
            channel.queue_declare("queue")
            channel.basic_consume("queue", print)
            channel.connection.call_later(0, is_waiting.set)
            channel.start_consuming()

        cut = threading.Thread(target=lambda: is_waiting.wait() and broker.drop_connections())
        cut.start()

        with pytest.raises(StreamLostError):
            in_thread(consume)
        cut.join()

    def test_the_broker_goes_on_with_what_it_has(self, broker, channel):
        channel.queue_declare("transient")
        channel.queue_declare("exclusive", exclusive=True)
        channel.basic_publish("", "transient", b"1", TRANSIENT)
        channel.basic_publish("", "transient", b"2", TRANSIENT)
        channel.basic_get("transient")

        broker.drop_connections()

        after = broker.connect().channel()
        assert drain(after, "transient") == [(b"1", True), (b"2", False)]
        assert not exists(after, "queue", "exclusive")


class TestClock:
    def test_a_message_expires_when_the_clock_says_so(self, channel, clock):
        channel.queue_declare("queue", arguments={"x-message-ttl": 1000})
        channel.basic_publish("", "queue", b"1")

        clock.advance(0.999)
        before = channel.queue_declare("queue", passive=True).method.message_count
        clock.advance(0.001)
        after = channel.queue_declare("queue", passive=True).method.message_count

        assert (before, after) == (1, 0)

    def test_a_consumer_that_waits_gets_the_dead_letter(self, channel, clock, connection):
        deadly = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
        channel.queue_declare("dead")
        channel.queue_declare("retry", arguments=deadly)
        channel.basic_publish("", "retry", b"1", pika.BasicProperties(expiration="5000"))
        received = []

        def receive(*message: Any) -> None:
            received.append(message[3])
            channel.stop_consuming()

        channel.basic_consume("dead", receive)
        connection.call_later(0, lambda: clock.advance(5))
        channel.start_consuming()

        assert received == [b"1"]

    def test_a_clock_does_not_go_back(self, clock):
        with pytest.raises(ValueError, match="does not go back"):
            clock.advance(-1)


class TestForeignThreads:
    @pytest.mark.parametrize(
        ("operation", "name"),
        [
            (lambda channel: channel.basic_publish("", "queue", b""), "Channel.basic_publish"),
            (lambda channel: channel.basic_ack(1), "Channel.basic_ack"),
            (lambda channel: channel.queue_declare("queue"), "Channel.queue_declare"),
            (lambda channel: channel.start_consuming(), "Channel.start_consuming"),
            (lambda channel: channel.close(), "Channel.close"),
            (lambda channel: channel.connection.channel(), "Connection.channel"),
            (lambda channel: channel.connection.close(), "Connection.close"),
            (lambda channel: channel.connection.call_later(0, print), "Connection.call_later"),
            (
                lambda channel: channel.connection.process_data_events(),
                "Connection.process_data_events",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_an_operation_is_refused(self, channel, in_thread, operation, name):
        with pytest.raises(ForeignThreadError) as caught:
            in_thread(operation, channel)

        here = threading.current_thread().name
        assert str(caught.value).startswith(
            f"Blocking{name} was called in the thread 'worker', but the thread '{here}' opened "
            "the connection."
        )
        channel.queue_declare("queue")  # In its own thread, the channel works as before.

    def test_the_channel_of_a_callback_is_guarded_too(self, channel, in_thread):
        errors = []
        channel.queue_declare("queue")
        channel.basic_publish("", "queue", b"1")

        def receive(own: Any, delivery: Any, *_: Any) -> None:
            with pytest.raises(ForeignThreadError) as caught:
                in_thread(own.basic_ack, delivery.delivery_tag)
            errors.append(caught.value)
            own.stop_consuming()

        channel.basic_consume("queue", receive)
        channel.start_consuming()

        assert len(errors) == 1

    def test_the_state_may_be_read_and_a_call_handed_over(self, channel, connection, in_thread):
        assert in_thread(lambda: (connection.is_open, channel.is_open)) == (True, True)
        channel.queue_declare("queue")

        purge = partial(channel.basic_publish, "", "queue", b"1")
        in_thread(connection.add_callback_threadsafe, purge)
        connection.process_data_events()

        assert drain(channel, "queue") == [(b"1", False)]

    def test_a_thread_that_opened_a_connection_uses_it(self, broker, in_thread):
        def declare() -> str:
            with broker.connect() as connection:
                return connection.channel().queue_declare("queue").method.queue

        assert in_thread(declare) == "queue"
