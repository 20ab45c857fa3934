"""What no test can do to a real RabbitMQ: restart it, stop it, cut its lines, move its clock.

What a restart keeps stands in RabbitMQ's documentation and was compared with a node of its own,
RabbitMQ 3.10.8. All else that the broker in memory does is in tests/contracts.
"""

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pika
import pytest
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ChannelWrongStateError,
    ConnectionClosedByBroker,
    StreamLostError,
)

from kata.services.amqp import Broker, ForeignThreadError
from kata.services.clock import Clock

PERSISTENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
TRANSIENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Transient)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def broker(clock) -> Broker:
    return Broker(clock)


@pytest.fixture
def connection(broker) -> Any:
    connection = broker.connect()
    yield connection
    if connection.is_open:
        with contextlib.suppress(AMQPConnectionError):  # It may not know yet that it is lost.
            connection.close()


@pytest.fixture
def channel(connection) -> Any:
    channel = connection.channel()
    channel.confirm_delivery()
    return channel


@pytest.fixture
def in_thread() -> Callable[..., Any]:
    """Return a function that calls another in a thread, and returns or raises what came of it."""

    def call(function: Callable[..., Any], *args: Any) -> Any:
        results: list[Any] = []

        def keep() -> None:
            try:
                results.append(function(*args))
            except Exception as error:
                results.append(error)

        thread = threading.Thread(target=keep, name="worker")
        thread.start()
        thread.join()
        if isinstance(results[0], Exception):
            raise results[0]
        return results[0]

    return call


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


class TestWhatIsNotSupported:
    @pytest.mark.parametrize(
        ("operation", "named"),
        [
            (lambda c: c.queue_declare("q", arguments={"x-expires": 1}), "x-expires=1"),
            (lambda c: c.queue_declare("q", arguments={"mine": 1}), "mine=1"),
            (lambda c: c.queue_declare("q", arguments={"x-queue-type": "quorum"}), "'quorum'"),
            (lambda c: c.queue_declare("q", arguments={"x-queue-type": "any"}), "'any'"),
            (lambda c: c.exchange_declare("x", "headers"), "headers exchanges"),
            (lambda c: c.exchange_declare("x", auto_delete=True), "auto-delete exchanges"),
            (lambda c: c.exchange_declare("x", internal=True), "internal exchanges"),
            (lambda c: c.exchange_declare("amq.match", "topic", durable=True), "amq.match"),
            (lambda c: c.exchange_bind("amq.topic", "amq.direct"), "Exchange.Bind"),
            (lambda c: c.exchange_unbind("amq.topic", "amq.direct"), "Exchange.Unbind"),
            (lambda c: c.queue_bind("queue", "amq.headers"), "amq.headers"),
            (
                lambda c: c.exchange_declare("x", arguments={"alternate-exchange": "y"}),
                "alternate-exchange='y' in Exchange.Declare",
            ),
            (
                lambda c: c.queue_bind("queue", "amq.direct", arguments={"x-match": "any"}),
                "x-match='any' in Queue.Bind",
            ),
            (
                lambda c: c.basic_consume("queue", print, arguments={"x-priority": 1}),
                "x-priority=1 in Basic.Consume",
            ),
            (
                lambda c: c.basic_publish(
                    "", "queue", b"", pika.BasicProperties(headers={"CC": ["other"]})
                ),
                "the CC header",
            ),
            (
                lambda c: c.basic_consume("amq.rabbitmq.reply-to", print, auto_ack=True),
                "direct reply-to",
            ),
            (
                lambda c: c.basic_publish(
                    "", "queue", b"", pika.BasicProperties(reply_to="amq.rabbitmq.reply-to")
                ),
                "direct reply-to",
            ),
            (lambda c: c.basic_publish("", "amq.rabbitmq.reply-to.me", b""), "direct reply-to"),
            (lambda c: c.queue_declare("amq.rabbitmq.reply-to", passive=True), "direct reply-to"),
            (lambda c: c.tx_select(), "Tx.Select"),
            (lambda c: c.flow(True), "Channel.Flow"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_is_named_and_ends_the_connection(self, channel, connection, operation, named):
        channel.queue_declare("queue")

        with pytest.raises(NotImplementedError) as caught:
            operation(channel)

        assert named in str(caught.value)
        assert (connection.is_open, channel.is_open) == (False, False)

    def test_a_new_secret_is_named(self, connection):
        with pytest.raises(NotImplementedError, match=r"Connection\.UpdateSecret"):
            connection.update_secret("new", "rotation")

    def test_encryption_is_named(self, broker):
        parameters = pika.URLParameters("amqps://guest:guest@localhost/%2F")

        with pytest.raises(NotImplementedError, match="TLS"):
            broker.connect(parameters)
