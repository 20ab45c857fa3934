"""What a program may expect of RabbitMQ, whether it is the real one or the one in memory.

On a real RabbitMQ much happens a moment later: a dead letter arrives, a message that nobody
acknowledged returns. So tests publish with confirms, and wait for an event, never for a time.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

import pika
import pytest
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ChannelWrongStateError,
    ConnectionClosedByBroker,
    ConnectionWrongStateError,
    DuplicateConsumerTag,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    ReentrancyError,
    UnroutableError,
)

from kata.services.amqp import Broker

DEADLINE = 10  # Seconds, until something that should happen counts as not happening.
PERSISTENT = pika.BasicProperties(delivery_mode=2)


@pytest.fixture(params=["fake", "real"])
def server(request, real_url) -> Callable[..., Any]:
    """Return a function that opens a connection, with parameters other than the usual if asked."""
    if request.param == "fake":
        dial, parameters = Broker().connect, pika.ConnectionParameters
    else:
        url = real_url("amqp", "KATA_AMQP_URL")
        dial, parameters = pika.BlockingConnection, partial(pika.URLParameters, url)
        try:
            dial(parameters()).close()
        except AMQPConnectionError as error:
            pytest.fail(f"KATA_AMQP_URL leads to no RabbitMQ: {error!r}")

    def open_connection(**changes: Any) -> Any:
        wanted = parameters()
        for attribute, value in changes.items():
            setattr(wanted, attribute, value)
        return dial(wanted)

    return open_connection


@pytest.fixture
def name(server) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a name this test's own; what bears it is deleted at the end."""
    prefix = f"kata-{uuid.uuid4().hex}"
    names: dict[str, None] = {}

    def own(word: str) -> str:
        names[f"{prefix}.{word}"] = None
        return f"{prefix}.{word}"

    yield own
    with server() as connection, connection.channel() as channel:
        for each in names:
            channel.queue_delete(each)
            channel.exchange_delete(each)


@pytest.fixture
def connect(server, name) -> Iterator[Callable[..., Any]]:
    """Return the function that opens a connection; what it opened is closed at the end."""
    connections = []

    def open_connection(**changes: Any) -> Any:
        connections.append(server(**changes))
        return connections[-1]

    yield open_connection
    for connection in connections:
        if connection.is_open:
            connection.close()


@pytest.fixture
def connection(connect) -> Any:
    return connect()


@pytest.fixture
def channel(connection) -> Any:
    """Return a channel with confirms: after a publish the message is where it belongs."""
    channel = connection.channel()
    channel.confirm_delivery()
    return channel


@pytest.fixture
def other(connect) -> Any:
    """Return a channel of another connection."""
    return connect().channel()


@pytest.fixture
def queue(channel, name) -> str:
    """Return the name of an empty queue."""
    return channel.queue_declare(name("queue"), durable=True).method.queue


@pytest.fixture
def fill(channel, queue) -> Callable[..., None]:
    """Return a function that puts messages in the queue."""

    def publish(*bodies: bytes) -> None:
        for body in bodies:
            channel.basic_publish("", queue, body, PERSISTENT)

    return publish


def wait_for(read: Callable[[], Any], connection: Any) -> Any:
    """Return what `read` returns as soon as it is true, serving the connection meanwhile."""
    deadline = time.monotonic() + DEADLINE
    while not (value := read()):
        assert time.monotonic() < deadline, "It did not happen in time."
        connection.process_data_events(time_limit=0.01)
    return value


def get(channel: Any, queue: str, **options: Any) -> tuple[Any, Any, bytes]:
    """Return the next message as soon as there is one."""

    def read() -> Any:
        message = channel.basic_get(queue, **options)
        return message if message[0] else None

    return wait_for(read, channel.connection)


def drain(channel: Any, queue: str) -> list[bytes]:
    """Take all messages, and return their bodies."""
    read = iter(partial(channel.basic_get, queue, auto_ack=True), (None, None, None))
    return [body for _, _, body in read]


def counts(channel: Any, queue: str) -> tuple[int, int]:
    """Return how many messages wait in a queue, and how many consumers it has."""
    declared = channel.queue_declare(queue, passive=True).method
    return declared.message_count, declared.consumer_count


def failure(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, str]:
    """Return the code and the text with which the broker closes the channel."""
    with pytest.raises(ChannelClosedByBroker) as caught:
        call(*args, **kwargs)
    return caught.value.reply_code, caught.value.reply_text


def late_failure(channel: Any, call: Callable[..., Any], *args: Any) -> tuple[int, str]:
    """Return how the broker closes the channel for a method that it does not answer."""

    def act() -> None:
        call(*args)
        wait_for(channel.basic_qos, channel.connection)

    return failure(act)


class TestConnections:
    def test_a_connection_and_its_channels_open_and_close(self, connection):
        channel = connection.channel()
        before = (connection.is_open, channel.is_open, channel.channel_number)

        connection.close()

        assert before == (True, True, 1)
        assert (connection.is_open, connection.is_closed, channel.is_open) == (False, True, False)

    def test_with_closes_the_channel_and_the_connection(self, connect):
        with connect() as connection, connection.channel() as channel:
            assert channel.is_open

        assert (connection.is_open, channel.is_open) == (False, False)

    def test_a_closed_connection_is_in_the_wrong_state(self, connection):
        channel = connection.channel()
        connection.close()

        for call in (connection.close, connection.channel):
            with pytest.raises(ConnectionWrongStateError):
                call()
        for call in (channel.close, partial(channel.basic_publish, "", "any", b"")):
            with pytest.raises(ChannelWrongStateError, match=r"Channel is closed\."):
                call()

    def test_a_wrong_password_is_refused(self, server):
        with pytest.raises(ProbableAuthenticationError, match="ACCESS_REFUSED"):
            server(credentials=pika.PlainCredentials("guest", "wrong"))

    def test_an_unknown_virtual_host_is_refused(self, server):
        with pytest.raises(ProbableAccessDeniedError, match="vhost nowhere not found"):
            server(virtual_host="nowhere")

    def test_a_closed_channel_leaves_the_connection_and_its_number(self, connection, name):
        first, second = connection.channel(), connection.channel()

        failure(first.queue_declare, name("nothing"), passive=True)

        assert (first.is_open, second.is_open, connection.is_open) == (False, True, True)
        assert connection.channel().channel_number == 1

    def test_another_thread_may_hand_over_a_call(self, connection):
        threads = []
        hand_over = partial(
            connection.add_callback_threadsafe,
            lambda: threads.append(threading.current_thread()),
        )

        worker = threading.Thread(target=hand_over)
        worker.start()
        wait_for(lambda: threads, connection)
        worker.join()

        assert threads == [threading.current_thread()]

    def test_a_timer_is_served_while_the_connection_waits(self, connection):
        calls = []
        connection.call_later(0, lambda: calls.append("called"))

        wait_for(lambda: calls, connection)

        assert calls == ["called"]

    def test_a_client_may_ask_for_heartbeats(self, connect):
        connection = connect(heartbeat=30)

        connection.process_data_events()

        assert connection.is_open


class TestQueues:
    def test_a_declaration_tells_name_and_counts(self, channel, name):
        frame = channel.queue_declare(name("queue"), durable=True)

        assert isinstance(frame, pika.frame.Method)
        assert frame.method == pika.spec.Queue.DeclareOk(name("queue"), 0, 0)

    def test_a_queue_may_be_declared_twice(self, channel, queue, fill):
        fill(b"1", b"2")

        assert channel.queue_declare(queue, durable=True).method.message_count == 2

    @pytest.mark.parametrize(
        ("properties", "argument", "current"),
        [({"durable": False}, "durable", "true"), ({"auto_delete": True}, "auto_delete", "false")],
        ids=["durable", "auto-delete"],
    )
    def test_other_properties_close_the_channel(
        self, channel, queue, properties, argument, current
    ):
        received = {"true": "false", "false": "true"}[current]
        text = f"received '{received}' but current is '{current}'"

        code = failure(channel.queue_declare, queue, **({"durable": True} | properties))

        start = "PRECONDITION_FAILED - inequivalent arg"
        assert code == (406, f"{start} '{argument}' for queue '{queue}' in vhost '/': {text}")
        assert not channel.is_open

    @pytest.mark.parametrize(
        ("before", "after"),
        [(None, 10), (10, 20), (10, None)],
        ids=["added", "changed", "left out"],
    )
    def test_other_arguments_close_the_channel(self, channel, name, before, after):
        old, new = ({"x-message-ttl": ttl} if ttl else None for ttl in (before, after))
        channel.queue_declare(name("queue"), arguments=old)

        code, text = failure(channel.queue_declare, name("queue"), arguments=new)

        start = "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl'"
        assert code == 406
        assert text.startswith(f"{start} for queue '{name('queue')}' in vhost '/': received ")

    @pytest.mark.parametrize(
        "arguments",
        [
            {"x-message-ttl": -1},
            {"x-message-ttl": 315_360_000_001},
            {"x-message-ttl": "soon"},
            {"x-max-length": True},
            {"x-dead-letter-routing-key": "key"},
        ],
        ids=[
            "negative time",
            "ages",
            "time in words",
            "true as a length",
            "a key without exchange",
        ],
    )
    def test_wrong_arguments_close_the_channel(self, channel, name, arguments):
        (argument,) = arguments

        code, text = failure(channel.queue_declare, name("queue"), arguments=arguments)

        start = f"PRECONDITION_FAILED - invalid arg '{argument}'"
        assert code == 406
        assert text.startswith(f"{start} for queue '{name('queue')}' in vhost '/': ")

    def test_a_passive_declaration_finds_a_queue_whatever_its_properties(self, other, queue, fill):
        fill(b"1")

        found = other.queue_declare(queue, passive=True, durable=False, auto_delete=True)

        assert found.method.message_count == 1

    def test_a_passive_declaration_of_nothing_closes_the_channel(self, channel, name):
        code = failure(channel.queue_declare, name("queue"), passive=True)

        assert code == (404, f"NOT_FOUND - no queue '{name('queue')}' in vhost '/'")

    def test_the_broker_names_a_queue_without_a_name(self, channel):
        first, second = (channel.queue_declare("", exclusive=True).method.queue for _ in range(2))

        assert first.startswith("amq.gen-")
        assert first != second

    def test_names_with_the_prefix_of_the_broker_are_refused(self, channel):
        code, text = failure(channel.queue_declare, "amq.mine", exclusive=True)

        assert code == 403
        assert text == "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"

    def test_an_empty_name_stands_for_the_queue_declared_last(self, channel, queue):
        channel.basic_publish("", queue, b"1")

        assert channel.basic_get("", auto_ack=True)[2] == b"1"

    @pytest.mark.parametrize(
        ("act", "args"),
        [
            ("basic_get", []),
            ("queue_bind", ["amq.direct"]),
            ("queue_unbind", ["amq.direct"]),
            ("queue_delete", []),
            ("queue_purge", []),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_an_empty_name_stands_for_nothing_before_that(self, other, act, args):
        code = failure(getattr(other, act), "", *args)

        assert code == (404, "NOT_FOUND - no previously declared queue")

    def test_an_exclusive_queue_is_locked_for_other_connections(self, channel, connect, name):
        channel.queue_declare(name("mine"), exclusive=True)
        connection = connect()

        for act in ("queue_declare", "basic_get", "queue_purge", "queue_delete"):
            code, text = failure(getattr(connection.channel(), act), name("mine"))
            assert code == 405
            assert text.startswith("RESOURCE_LOCKED - cannot obtain exclusive access to locked")

    def test_an_exclusive_queue_goes_with_its_connection(self, connect, channel, name):
        owner = connect()
        owner.channel().queue_declare(name("mine"), exclusive=True)

        owner.close()

        assert failure(channel.queue_declare, name("mine"), passive=True)[0] == 404

    def test_another_connection_does_not_unbind_an_exclusive_queue(self, channel, other, name):
        channel.queue_declare(name("mine"), exclusive=True)
        channel.queue_bind(name("mine"), "amq.direct", name("key"))

        code = failure(other.queue_unbind, name("mine"), "amq.direct", name("key"))[0]

        channel.basic_publish("amq.direct", name("key"), b"1")
        assert (code, drain(channel, name("mine"))) == (405, [b"1"])

    def test_an_exclusive_queue_is_durable_in_name_only(self, channel, name):
        for durable in (False, True, False):
            channel.queue_declare(name("mine"), exclusive=True, durable=durable)

        assert counts(channel, name("mine")) == (0, 0)

    def test_a_queue_does_not_become_exclusive(self, channel, queue):
        assert failure(channel.queue_declare, queue, durable=True, exclusive=True)[0] == 405

    def test_an_auto_delete_queue_goes_with_its_last_consumer(self, channel, name):
        channel.queue_declare(name("brief"), exclusive=True, auto_delete=True)
        before = counts(channel, name("brief"))
        tags = [channel.basic_consume(name("brief"), print) for _ in range(2)]

        channel.basic_cancel(tags[0])
        between = counts(channel, name("brief"))
        channel.basic_cancel(tags[1])

        assert (before, between) == ((0, 0), (0, 1))
        assert failure(channel.queue_declare, name("brief"), passive=True)[0] == 404

    def test_a_purge_tells_how_many_messages_it_removed(self, channel, queue, fill):
        fill(b"1", b"2", b"3")
        channel.basic_get(queue)

        assert channel.queue_purge(queue).method.message_count == 2
        assert counts(channel, queue) == (0, 0)

    def test_a_deletion_tells_how_many_messages_went_with_it(self, channel, queue, fill):
        fill(b"1", b"2")

        assert channel.queue_delete(queue).method.message_count == 2
        assert channel.queue_delete(queue).method.message_count == 0

    def test_a_queue_in_use_is_not_deleted_if_unused(self, channel, other, queue):
        channel.basic_consume(queue, print)

        code = failure(other.queue_delete, queue, if_unused=True)

        assert code == (406, f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' in use")

    def test_a_queue_with_messages_is_not_deleted_if_empty(self, channel, queue, fill):
        fill(b"1")

        code = failure(channel.queue_delete, queue, if_empty=True)

        assert code == (406, f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty")

    def test_the_oldest_message_gives_way_to_one_too_many(self, channel, name):
        channel.queue_declare(name("short"), arguments={"x-max-length": 2})

        for body in (b"1", b"2", b"3"):
            channel.basic_publish("", name("short"), body)

        assert drain(channel, name("short")) == [b"2", b"3"]


class TestExchanges:
    @pytest.fixture
    def routed(self, channel, name) -> Callable[..., list[str]]:
        """Return a function that publishes and tells the queues in which the message arrived."""

        def publish(exchange: str, routing_key: str, queues: list[str]) -> list[str]:
            channel.basic_publish(exchange, routing_key, b"")
            return [word for word in queues for _ in drain(channel, name(word))]

        return publish

    @pytest.fixture
    def bind(self, channel, name) -> Callable[..., None]:
        """Return a function that makes a queue and binds it to an exchange."""

        def make(word: str, exchange: str, *routing_keys: str) -> None:
            channel.queue_declare(name(word), durable=True)
            for routing_key in routing_keys:
                channel.queue_bind(name(word), exchange, routing_key)

        return make

    def test_the_default_exchange_leads_to_the_queue_of_the_same_name(self, channel, queue, fill):
        fill(b"1")

        delivery, _, body = channel.basic_get(queue)

        assert (delivery.exchange, delivery.routing_key, body) == ("", queue, b"1")

    def test_a_direct_exchange_compares_the_key(self, channel, name, bind, routed):
        channel.exchange_declare(name("exchange"), "direct")
        bind("a", name("exchange"), "red", "green")
        bind("b", name("exchange"), "red")

        assert routed(name("exchange"), "red", ["a", "b"]) == ["a", "b"]
        assert routed(name("exchange"), "green", ["a", "b"]) == ["a"]
        assert routed(name("exchange"), "blue", ["a", "b"]) == []

    def test_a_fanout_exchange_ignores_the_key(self, channel, name, bind, routed):
        channel.exchange_declare(name("exchange"), "fanout")
        bind("a", name("exchange"), "red", "green")
        bind("b", name("exchange"), "")

        assert routed(name("exchange"), "blue", ["a", "b"]) == ["a", "b"]

    @pytest.mark.parametrize(
        ("pattern", "keys"),
        [
            ("*", ["a"]),
            ("#", ["", "a", "a.b", "a.b.c", "a..c"]),
            ("a.*", ["a.b"]),
            ("a.#", ["a", "a.b", "a.b.c", "a..c"]),
            ("#.c", ["a.b.c", "a..c"]),
            ("a.*.c", ["a.b.c", "a..c"]),
            ("a.#.c", ["a.b.c", "a..c"]),
            ("#.b.#", ["a.b", "a.b.c"]),
            ("*.#.*", ["a.b", "a.b.c", "a..c"]),
            ("", [""]),
            ("a.b", ["a.b"]),
        ],
    )
    def test_a_topic_exchange_compares_word_by_word(self, channel, name, bind, pattern, keys):
        channel.exchange_declare(name("exchange"), "topic")
        bind("a", name("exchange"), pattern)

        for key in ("", "a", "a.b", "a.b.c", "a..c"):
            channel.basic_publish(name("exchange"), key, key.encode())

        assert drain(channel, name("a")) == [key.encode() for key in keys]

    def test_the_keys_that_match_do_not_multiply_the_message(self, channel, name, bind, routed):
        channel.exchange_declare(name("exchange"), "topic")
        bind("a", name("exchange"), "#", "red", "*")

        assert routed(name("exchange"), "red", ["a"]) == ["a"]

    def test_a_binding_ends(self, channel, name, bind, routed):
        bind("a", "amq.direct", name("red"), name("green"))

        channel.queue_unbind(name("a"), "amq.direct", name("red"))
        channel.queue_unbind(name("a"), "amq.direct", name("never bound"))

        assert routed("amq.direct", name("red"), ["a"]) == []
        assert routed("amq.direct", name("green"), ["a"]) == ["a"]

    def test_an_exchange_in_use_is_not_deleted_if_unused(self, channel, name, queue):
        channel.exchange_declare(name("exchange"), "fanout")
        channel.queue_bind(queue, name("exchange"))

        code, text = failure(channel.exchange_delete, name("exchange"), if_unused=True)

        assert code == 406
        assert text == f"PRECONDITION_FAILED - exchange '{name('exchange')}' in vhost '/' in use"

    @pytest.mark.parametrize(
        ("properties", "argument"),
        [
            ({"exchange_type": "fanout"}, "type"),
            ({"durable": True}, "durable"),
        ],
        ids=["type", "durable"],
    )
    def test_other_properties_close_the_channel(self, channel, name, properties, argument):
        channel.exchange_declare(name("exchange"), "direct")
        channel.exchange_declare(name("exchange"), "direct")

        code, text = failure(channel.exchange_declare, name("exchange"), **properties)

        assert code == 406
        assert f"inequivalent arg '{argument}' for exchange '{name('exchange')}'" in text

    def test_what_is_not_there_closes_the_channel(self, connection, name, queue):
        missing = f"NOT_FOUND - no exchange '{name('nothing')}' in vhost '/'"

        assert failure(connection.channel().queue_bind, queue, name("nothing")) == (404, missing)
        assert failure(connection.channel().queue_bind, name("no queue"), "amq.direct")[0] == 404

    def test_the_exchanges_of_the_broker_are_protected(self, connection, queue):
        for call, *args in (
            ("exchange_declare", "amq.mine"),
            ("exchange_delete", "amq.direct"),
            ("exchange_declare", ""),
            ("exchange_delete", ""),
            ("queue_bind", queue, ""),
        ):
            code, text = failure(getattr(connection.channel(), call), *args)
            assert (code, text.partition(" - ")[0]) == (403, "ACCESS_REFUSED")

    def test_an_unknown_type_closes_the_connection(self, channel, connection, name):
        with pytest.raises(ConnectionClosedByBroker, match="exchange type 'nonsense'"):
            channel.exchange_declare(name("exchange"), "nonsense")

        assert not connection.is_open


class TestPublishing:
    def test_properties_and_body_arrive_as_they_were_sent(self, channel, queue):
        headers = {
            "text": "grün",
            "number": -3,
            "large": 2**40,
            "true": True,
            "exact": Decimal("1.5"),
            "nothing": None,
            "bytes": b"\x00\xff",
            "list": [1, "two", {"three": 3}],
            "table": {"inner": [True]},
        }
        sent = pika.BasicProperties(
            content_type="text/plain",
            content_encoding="utf-8",
            headers=headers,
            delivery_mode=2,
            priority=7,
            correlation_id="correlation",
            reply_to="reply",
            expiration="60000",
            message_id="message",
            timestamp=1_234_567,
            type="type",
            user_id="guest",
            app_id="app",
            cluster_id="cluster",
        )

        channel.basic_publish("", queue, "grün".encode(), sent)
        _, received, body = channel.basic_get(queue)

        assert type(received) is pika.BasicProperties
        assert (vars(received), body) == (vars(sent), "grün".encode())

    def test_no_properties_and_no_body_arrive_as_such(self, channel, queue):
        channel.basic_publish("", queue, b"")

        _, properties, body = channel.basic_get(queue)

        assert (properties, body) == (pika.BasicProperties(), b"")

    def test_a_text_is_encoded(self, channel, queue):
        channel.basic_publish("", queue, "grün")

        assert channel.basic_get(queue)[2] == "grün".encode()

    def test_a_body_may_be_larger_than_a_frame(self, channel, queue):
        body = bytes(range(256)) * 2000

        channel.basic_publish("", queue, body)

        assert channel.basic_get(queue)[2] == body

    def test_a_mandatory_message_without_a_route_raises_with_confirms(self, channel, name):
        with pytest.raises(UnroutableError) as caught:
            channel.basic_publish("", name("nothing"), b"1", PERSISTENT, mandatory=True)

        (message,) = caught.value.messages
        returned = pika.spec.Basic.Return(312, "NO_ROUTE", "", name("nothing"))
        assert (message.method, message.properties, message.body) == (returned, PERSISTENT, b"1")
        assert channel.is_open

    def test_a_mandatory_message_without_a_route_comes_back_without_confirms(self, other, name):
        returned = []
        other.add_on_return_callback(lambda *message: returned.append(message))

        other.basic_publish("", name("nothing"), b"1", PERSISTENT, mandatory=True)
        wait_for(lambda: returned, other.connection)

        method = pika.spec.Basic.Return(312, "NO_ROUTE", "", name("nothing"))
        assert returned == [(other, method, PERSISTENT, b"1")]

    def test_any_other_message_without_a_route_is_lost(self, channel, name):
        channel.basic_publish("", name("nothing"), b"1")

        assert channel.is_open

    def test_confirms_may_be_asked_for_twice(self, channel, queue, fill):
        channel.confirm_delivery()
        fill(b"1")

        assert counts(channel, queue) == (1, 0)

    def test_a_missing_exchange_closes_the_channel(self, channel, name):
        code = failure(channel.basic_publish, name("nothing"), "key", b"")

        assert code == (404, f"NOT_FOUND - no exchange '{name('nothing')}' in vhost '/'")

    def test_a_missing_exchange_shows_later_without_confirms(self, other, name):
        assert late_failure(other, other.basic_publish, name("nothing"), "key", b"")[0] == 404

    @pytest.mark.parametrize(
        "properties",
        [
            {"expiration": "soon"},
            {"expiration": "-1"},
            {"expiration": "1.5"},
            {"expiration": ""},
            {"expiration": "315360000001"},
            {"user_id": "me"},
            {"delivery_mode": 3},
        ],
        ids=["words", "negative", "fraction", "empty", "ages", "another user", "delivery mode"],
    )
    def test_wrong_properties_close_the_channel(self, channel, queue, properties):
        code, text = failure(
            channel.basic_publish, "", queue, b"", pika.BasicProperties(**properties)
        )

        assert (code, text.partition(" - ")[0]) == (406, "PRECONDITION_FAILED")

    def test_an_expiration_may_have_a_sign_and_zeros(self, channel, queue):
        channel.basic_publish("", queue, b"1", pika.BasicProperties(expiration="+0060000"))

        assert counts(channel, queue) == (1, 0)

    def test_immediate_delivery_closes_the_connection(self, connection, other, queue):
        method = pika.spec.Basic.Publish(exchange="", routing_key=queue, immediate=True)
        other._impl._send_method(method, (PERSISTENT, b"1"))  # pika itself has no word for it.

        with pytest.raises(ConnectionClosedByBroker) as caught:
            other.queue_declare(queue, passive=True)

        assert caught.value.reply_code == 540
        assert caught.value.reply_text == "NOT_IMPLEMENTED - immediate=true"

    def test_many_threads_publish_each_on_its_own_connection(self, connect, channel, queue):
        def publish(number: int) -> None:
            with connect() as connection, connection.channel() as own:
                own.confirm_delivery()
                for i in range(20):
                    own.basic_publish("", queue, f"{number} {i}".encode())

        threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        bodies = [body.decode().split() for body in drain(channel, queue)]
        assert len(bodies) == 160
        for number in range(8):
            assert [int(i) for n, i in bodies if int(n) == number] == list(range(20))


class TestGetting:
    def test_an_empty_queue_gives_nothing(self, channel, queue):
        assert channel.basic_get(queue) == (None, None, None)

    def test_a_message_comes_with_its_delivery(self, channel, queue, fill):
        fill(b"1", b"2")

        delivery, properties, body = channel.basic_get(queue)

        assert type(delivery) is pika.spec.Basic.GetOk
        assert delivery == pika.spec.Basic.GetOk(1, False, "", queue, 1)
        assert (properties, body) == (PERSISTENT, b"1")

    def test_a_missing_queue_closes_the_channel(self, channel, name):
        assert failure(channel.basic_get, name("nothing"))[0] == 404

    def test_messages_come_in_order_and_their_tags_count_up(self, channel, queue, fill):
        fill(b"1", b"2", b"3")

        got = [channel.basic_get(queue, auto_ack=automatic) for automatic in (False, True, False)]

        assert [(delivery.delivery_tag, body) for delivery, _, body in got] == [
            (1, b"1"),
            (2, b"2"),
            (3, b"3"),
        ]

    def test_an_acknowledged_message_is_gone_for_good(self, channel, other, queue, fill):
        fill(b"1")
        channel.basic_ack(channel.basic_get(queue)[0].delivery_tag)

        channel.close()

        assert counts(other, queue) == (0, 0)

    @pytest.mark.parametrize("ending", ["close", "abandon"])
    def test_unacknowledged_messages_return_when_the_channel_ends(
        self, channel, other, queue, fill, ending
    ):
        fill(b"1", b"2")
        channel.basic_get(queue)
        channel.basic_get(queue)

        if ending == "close":
            channel.close()
        else:
            late_failure(channel, channel.basic_ack, 99)

        messages = [get(other, queue) for _ in range(2)]
        assert [(delivery.redelivered, body) for delivery, _, body in messages] == [
            (True, b"1"),
            (True, b"2"),
        ]

    def test_unacknowledged_messages_return_when_the_connection_ends(self, connect, queue, fill):
        fill(b"1")
        connection = connect()
        connection.channel().basic_get(queue)

        connection.close()

        delivery, _, body = get(connect().channel(), queue)
        assert (delivery.redelivered, body) == (True, b"1")


class TestAcknowledging:
    @pytest.fixture
    def taken(self, channel, queue, fill) -> list[int]:
        """Return the tags of three messages that were taken, and leave a fourth in the queue."""
        fill(b"1", b"2", b"3", b"4")
        return [channel.basic_get(queue)[0].delivery_tag for _ in range(3)]

    @pytest.fixture
    def left(self, channel, queue) -> Callable[[], list[tuple[bytes, bool]]]:
        """Return a function that closes the channel and tells what is in the queue then."""

        def take_all() -> list[tuple[bytes, bool]]:
            connection = channel.connection
            if channel.is_open:
                channel.close()
            own = connection.channel()
            read = iter(partial(own.basic_get, queue), (None, None, None))
            return [(body, delivery.redelivered) for delivery, _, body in read]

        return take_all

    def test_one_message_is_acknowledged(self, channel, taken, left):
        channel.basic_ack(taken[1])

        assert left() == [(b"1", True), (b"3", True), (b"4", False)]

    def test_all_up_to_one_message_are_acknowledged(self, channel, taken, left):
        channel.basic_ack(taken[1], multiple=True)

        assert left() == [(b"3", True), (b"4", False)]

    def test_tag_zero_means_all(self, channel, taken, left):
        channel.basic_ack(0, multiple=True)

        assert left() == [(b"4", False)]

    @pytest.mark.parametrize("method", ["basic_nack", "basic_reject"])
    def test_a_refused_message_returns_to_its_place(self, channel, queue, taken, method):
        getattr(channel, method)(taken[1], requeue=True)

        messages = [channel.basic_get(queue) for _ in range(2)]
        assert [(delivery.redelivered, body) for delivery, _, body in messages] == [
            (True, b"2"),
            (False, b"4"),
        ]

    def test_several_refused_messages_return_in_their_order(self, channel, taken, left):
        channel.basic_nack(taken[2])
        channel.basic_nack(taken[1], multiple=True)

        assert left() == [(b"1", True), (b"2", True), (b"3", True), (b"4", False)]

    def test_a_message_refused_for_good_is_gone(self, channel, taken, left):
        channel.basic_reject(taken[0], requeue=False)
        channel.basic_nack(taken[2], multiple=True, requeue=False)

        assert left() == [(b"4", False)]

    def test_recovery_takes_all_messages_back(self, channel, queue, taken):
        channel.basic_recover(requeue=True)

        delivery, _, body = channel.basic_get(queue)
        assert (delivery.redelivered, delivery.message_count, body) == (True, 3, b"1")

    @pytest.mark.parametrize("method", ["basic_ack", "basic_nack", "basic_reject"])
    @pytest.mark.parametrize("tag", [0, 99])
    def test_an_unknown_tag_closes_the_channel(self, channel, taken, left, method, tag):
        code = late_failure(channel, getattr(channel, method), tag)

        assert code == (406, f"PRECONDITION_FAILED - unknown delivery tag {tag}")

    def test_a_tag_counts_once(self, channel, taken):
        channel.basic_ack(taken[0])

        assert late_failure(channel, channel.basic_ack, taken[0])[0] == 406

    def test_a_tag_belongs_to_its_channel(self, connection, taken):
        second = connection.channel()

        assert late_failure(second, second.basic_ack, taken[0])[0] == 406

    def test_a_message_acknowledged_automatically_has_no_valid_tag(self, channel, queue, fill):
        fill(b"1")
        delivery, _, _ = channel.basic_get(queue, auto_ack=True)

        assert late_failure(channel, channel.basic_ack, delivery.delivery_tag)[0] == 406


class TestConsuming:
    @pytest.fixture
    def consume(self, queue) -> Callable[..., list[tuple[Any, ...]]]:
        """Return a function that starts a consumer, and returns the list of what it received."""

        def start(channel: Any, **options: Any) -> list[tuple[Any, ...]]:
            received: list[tuple[Any, ...]] = []
            channel.basic_consume(queue, lambda *message: received.append(message), **options)
            return received

        return start

    @staticmethod
    def wait_for_bodies(received: list[tuple[Any, ...]], channel: Any, count: int) -> list[bytes]:
        wait_for(lambda: len(received) >= count, channel.connection)
        return [body for *_, body in received]

    def test_a_callback_receives_channel_delivery_properties_and_body(
        self, channel, consume, queue, fill
    ):
        received = consume(channel, consumer_tag="me")
        fill(b"1")
        wait_for(lambda: received, channel.connection)

        delivery = pika.spec.Basic.Deliver("me", 1, False, "", queue)
        assert received == [(channel, delivery, PERSISTENT, b"1")]
        assert type(received[0][1]) is pika.spec.Basic.Deliver

    def test_a_consumer_gets_what_was_there_and_what_comes(self, channel, other, consume, fill):
        fill(b"1", b"2")
        received = consume(other)
        fill(b"3")

        assert self.wait_for_bodies(received, other, 3) == [b"1", b"2", b"3"]

    def test_start_consuming_ends_when_the_last_consumer_stops(self, channel, queue, fill):
        fill(b"1", b"2", b"3")
        bodies = []

        def work(channel: Any, delivery: Any, _: Any, body: bytes) -> None:
            bodies.append(body)
            channel.basic_ack(delivery.delivery_tag)
            if len(bodies) == 2:
                channel.stop_consuming()

        channel.basic_consume(queue, work)
        channel.start_consuming()

        assert bodies == [b"1", b"2"]
        assert channel.consumer_tags == []
        assert get(channel, queue)[2] == b"3"

    def test_start_consuming_does_not_nest(self, channel, consume, queue, fill):
        fill(b"1")
        errors = []

        def work(channel: Any, *_: Any) -> None:
            with pytest.raises(ReentrancyError) as caught:
                channel.start_consuming()
            errors.append(caught.value)
            channel.stop_consuming()

        channel.basic_consume(queue, work)
        channel.start_consuming()

        assert len(errors) == 1

    def test_an_error_in_a_callback_reaches_the_loop(self, channel, queue, fill):
        fill(b"1")

        def fail(*_: Any) -> None:
            raise LookupError("work failed")

        channel.basic_consume(queue, fail)

        with pytest.raises(LookupError, match="work failed"):
            channel.start_consuming()
        assert channel.is_open

    def test_the_prefetch_limits_what_a_consumer_holds(self, channel, other, consume, queue, fill):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=2)
        received = consume(other)
        self.wait_for_bodies(received, other, 2)
        waiting = counts(other, queue)

        other.basic_ack(received[0][1].delivery_tag)

        assert waiting == (1, 1)
        assert self.wait_for_bodies(received, other, 3) == [b"1", b"2", b"3"]

    def test_the_prefetch_holds_for_consumers_that_start_later(
        self, channel, other, consume, queue, fill
    ):
        unlimited = consume(other)
        other.basic_qos(prefetch_count=1)
        fill(b"1", b"2", b"3")

        assert self.wait_for_bodies(unlimited, other, 3) == [b"1", b"2", b"3"]

    def test_a_shared_prefetch_limits_the_whole_channel(self, other, consume, queue, fill):
        other.basic_qos(prefetch_count=1, global_qos=True)
        first, second = consume(other), consume(other)
        fill(b"1", b"2")
        wait_for(lambda: first or second, other.connection)

        waiting = counts(other, queue)
        other.basic_ack(1)
        wait_for(lambda: len(first + second) == 2, other.connection)

        assert waiting == (1, 2)

    def test_a_prefetch_of_each_consumer_ends_the_shared_one(self, other, consume, queue, fill):
        fill(b"1", b"2", b"3", b"4", b"5")
        other.basic_qos(prefetch_count=2, global_qos=True)
        other.basic_qos(prefetch_count=4)

        received = consume(other)

        assert self.wait_for_bodies(received, other, 4) == [b"1", b"2", b"3", b"4"]
        assert counts(other, queue) == (1, 1)

    def test_a_consumer_goes_on_when_the_shared_prefetch_ends(self, other, consume, queue, fill):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=1, global_qos=True)
        received = consume(other)
        self.wait_for_bodies(received, other, 1)
        waiting = counts(other, queue)

        other.basic_qos(prefetch_count=1)

        assert waiting == (2, 1)
        assert self.wait_for_bodies(received, other, 3) == [b"1", b"2", b"3"]

    def test_a_shared_prefetch_counts_what_the_channel_holds_already(
        self, other, consume, queue, fill
    ):
        fill(b"1", b"2", b"3")
        other.basic_get(queue)
        other.basic_qos(prefetch_count=2, global_qos=True)

        received = consume(other)

        assert self.wait_for_bodies(received, other, 1) == [b"2"]
        assert counts(other, queue) == (1, 1)

    def test_a_shared_prefetch_holds_automatic_acknowledgement_up(
        self, other, consume, queue, fill
    ):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=1, global_qos=True)
        first = consume(other)
        self.wait_for_bodies(first, other, 1)

        automatic = consume(other, auto_ack=True)
        waiting = counts(other, queue)
        other.basic_qos()

        assert waiting == (2, 2)
        assert wait_for(lambda: len(first + automatic) == 3, other.connection)

    @pytest.mark.parametrize(
        "give_back",
        [
            lambda channel: channel.basic_nack(1),
            lambda channel: channel.basic_nack(0, multiple=True),
            lambda channel: channel.basic_reject(1),
            lambda channel: channel.basic_recover(requeue=True),
        ],
        ids=["nack", "nack all", "reject", "recover"],
    )
    def test_what_is_given_back_at_the_shared_limit_comes_again_to_the_same_consumer(
        self, channel, other, consume, queue, fill, give_back
    ):
        other.basic_qos(prefetch_count=1, global_qos=True)
        first = consume(other)
        fill(b"1")
        self.wait_for_bodies(first, other, 1)
        second = consume(channel)

        give_back(other)

        assert self.wait_for_bodies(first, other, 2) == [b"1", b"1"]
        assert (first[1][1].redelivered, second) == (True, [])

    def test_the_prefetch_does_not_limit_automatic_acknowledgement(
        self, channel, other, consume, queue, fill
    ):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=1)
        received = consume(other, auto_ack=True)
        self.wait_for_bodies(received, other, 3)

        other.connection.close()

        assert counts(channel, queue) == (0, 0)

    def test_consumers_take_turns(self, channel, connect, consume, fill):
        channels = [connect().channel() for _ in range(2)]
        received = [consume(each) for each in channels]

        fill(b"1", b"2", b"3", b"4")

        assert self.wait_for_bodies(received[0], channels[0], 2) == [b"1", b"3"]
        assert self.wait_for_bodies(received[1], channels[1], 2) == [b"2", b"4"]

    def test_another_consumer_gets_what_a_closed_channel_held(self, connect, consume, fill):
        first, second = connect().channel(), connect().channel()
        fill(b"1")
        self.wait_for_bodies(consume(first), first, 1)
        received = consume(second)

        first.close()

        self.wait_for_bodies(received, second, 1)
        assert received[0][1].redelivered

    def test_a_refused_message_comes_again(self, channel, other, consume, fill):
        other.basic_qos(prefetch_count=1)
        received = consume(other)
        fill(b"1", b"2")
        self.wait_for_bodies(received, other, 1)

        other.basic_nack(received[0][1].delivery_tag)

        assert self.wait_for_bodies(received, other, 2) == [b"1", b"1"]
        assert [message[1].redelivered for message in received] == [False, True]

    def test_a_cancelled_consumer_gets_no_more_and_keeps_what_it_has(
        self, channel, other, consume, queue, fill
    ):
        received = consume(other, consumer_tag="me")
        fill(b"1")
        self.wait_for_bodies(received, other, 1)

        assert other.basic_cancel("me") == []
        fill(b"2")

        assert counts(other, queue) == (1, 0)
        other.basic_ack(received[0][1].delivery_tag)
        other.close()
        assert counts(channel, queue) == (1, 0)

    def test_cancelling_gives_back_what_no_callback_has_seen(self, channel, other, queue, fill):
        fill(b"1", b"2")
        other.basic_consume(queue, print, consumer_tag="acknowledges")

        assert other.basic_cancel("acknowledges") == []
        assert other.basic_cancel("unknown") == []
        assert get(other, queue)[2] == b"1"

    def test_an_exclusive_consumer_is_the_only_one(self, channel, connection, other, queue):
        refusal = f"ACCESS_REFUSED - queue '{queue}' in vhost '/' in exclusive use"
        other.basic_consume(queue, print, exclusive=True, consumer_tag="first")
        assert failure(channel.basic_consume, queue, print) == (403, refusal)

        other.basic_cancel("first")
        other.basic_consume(queue, print)

        second = connection.channel()
        assert failure(second.basic_consume, queue, print, exclusive=True) == (403, refusal)

    def test_a_tag_names_one_consumer_of_a_channel(self, channel, queue):
        channel.basic_consume(queue, print, consumer_tag="me")

        with pytest.raises(DuplicateConsumerTag):
            channel.basic_consume(queue, print, consumer_tag="me")

    def test_a_missing_queue_closes_the_channel(self, channel, name):
        assert failure(channel.basic_consume, name("nothing"), print)[0] == 404

    def test_a_consumer_learns_that_its_queue_is_deleted(self, channel, other, consume, queue):
        cancelled = []
        other.add_on_cancel_callback(lambda frame: cancelled.append(frame.method))
        consume(other, consumer_tag="me")

        channel.queue_delete(queue)
        wait_for(lambda: cancelled, other.connection)

        assert cancelled == [pika.spec.Basic.Cancel("me", nowait=True)]
        assert other.consumer_tags == []

    def test_messages_of_a_deleted_queue_may_be_acknowledged(self, channel, queue, fill):
        fill(b"1", b"2")
        delivery, _, _ = channel.basic_get(queue)
        channel.queue_delete(queue)

        channel.basic_ack(delivery.delivery_tag)

        assert channel.queue_declare(queue, durable=True).method.message_count == 0

    def test_a_generator_yields_messages(self, other, queue, fill):
        fill(b"1", b"2")
        bodies = []

        for delivery, _, body in islice(other.consume(queue), 2):
            bodies.append(body)
            other.basic_ack(delivery.delivery_tag)
        other.cancel()

        assert bodies == [b"1", b"2"]
        assert counts(other, queue) == (0, 0)

    def test_a_generator_tells_of_inactivity(self, channel, queue, fill):
        messages = channel.consume(queue, inactivity_timeout=0.02)

        nothing = next(messages)
        fill(b"1")

        assert nothing == (None, None, None)
        assert wait_for(lambda: next(messages)[2], channel.connection) == b"1"

    def test_a_generator_ends_with_its_queue(self, channel, other, queue, fill):
        fill(b"1")
        bodies = []

        for _, _, body in other.consume(queue):
            bodies.append(body)
            channel.queue_delete(queue)

        assert bodies == [b"1"]

    def test_a_cancelled_generator_gives_back_what_it_did_not_yield(self, other, queue, fill):
        fill(b"1", b"2", b"3")
        delivery, _, _ = next(other.consume(queue))

        other.cancel()
        other.basic_ack(delivery.delivery_tag)

        assert get(other, queue)[2] == b"2"


class TestDying:
    @pytest.fixture
    def dead(self, channel, name) -> str:
        """Return the name of the queue in which dead letters arrive."""
        return channel.queue_declare(name("dead"), durable=True).method.queue

    @pytest.fixture
    def declare(self, channel, name, dead) -> Callable[..., str]:
        """Return a function that makes a queue whose dead messages go to `dead`."""

        def make(word: str = "work", *, to: str = dead, **arguments: Any) -> str:
            deadly = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": to}
            own = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
            channel.queue_declare(name(word), durable=True, arguments=deadly | own)
            return name(word)

        return make

    @staticmethod
    def headers(properties: Any) -> dict[str, Any]:
        """Return the headers without what differs: the time, and what RabbitMQ 3.13 added."""
        for death in properties.headers["x-death"]:
            assert isinstance(death.pop("time"), datetime)
        return {
            key: value
            for key, value in properties.headers.items()
            if not key.startswith("x-last-death-")
        }

    @staticmethod
    def death(reason: str, queue: str, **more: Any) -> dict[str, Any]:
        usual = {"count": 1, "reason": reason, "queue": queue}
        return usual | {"exchange": "", "routing-keys": [queue]} | more

    def test_a_rejected_message_is_dead_lettered(self, channel, declare, dead):
        work = declare()
        sent = pika.BasicProperties(headers={"mine": 1}, delivery_mode=2, message_id="id")
        channel.basic_publish("", work, b"1", sent)

        channel.basic_reject(channel.basic_get(work)[0].delivery_tag, requeue=False)

        delivery, properties, body = get(channel, dead)
        assert (delivery.exchange, delivery.routing_key, delivery.redelivered) == ("", dead, False)
        assert (properties.delivery_mode, properties.message_id, body) == (2, "id", b"1")
        assert self.headers(properties) == {
            "mine": 1,
            "x-death": [self.death("rejected", work)],
            "x-first-death-exchange": "",
            "x-first-death-queue": work,
            "x-first-death-reason": "rejected",
        }

    def test_without_a_key_the_message_keeps_its_own(self, channel, name, dead):
        channel.exchange_declare(name("letters"), "topic")
        channel.queue_bind(dead, name("letters"), "#")
        channel.exchange_declare(name("orders"), "topic")
        arguments = {"x-dead-letter-exchange": name("letters")}
        channel.queue_declare(name("work"), arguments=arguments)
        channel.queue_bind(name("work"), name("orders"), "order.*")
        channel.basic_publish(name("orders"), "order.paid", b"1")

        channel.basic_nack(channel.basic_get(name("work"))[0].delivery_tag, requeue=False)

        delivery, properties, _ = get(channel, dead)
        assert (delivery.exchange, delivery.routing_key) == (name("letters"), "order.paid")
        keys = {"exchange": name("orders"), "routing-keys": ["order.paid"]}
        assert self.headers(properties)["x-death"] == [self.death("rejected", name("work"), **keys)]
        assert properties.headers["x-first-death-exchange"] == name("orders")

    def test_a_missing_exchange_loses_the_message(self, channel, name, queue):
        arguments = {"x-dead-letter-exchange": name("nothing")}
        channel.queue_declare(name("work"), arguments=arguments)
        channel.basic_publish("", name("work"), b"1")

        channel.basic_reject(channel.basic_get(name("work"))[0].delivery_tag, requeue=False)

        assert counts(channel, name("work")) == (0, 0)

    def test_a_message_expires_by_its_own_time(self, channel, declare, dead):
        work = declare()
        channel.basic_publish("", work, b"1", pika.BasicProperties(expiration="10"))

        _, properties, body = get(channel, dead)

        assert (properties.expiration, body) == (None, b"1")
        death = self.death("expired", work, **{"original-expiration": "10"})
        assert self.headers(properties)["x-death"] == [death]
        assert properties.headers["x-first-death-reason"] == "expired"

    def test_a_message_expires_by_the_time_of_its_queue(self, channel, declare, dead):
        work = declare(message_ttl=10)
        channel.basic_publish("", work, b"1")

        _, properties, _ = get(channel, dead)

        assert self.headers(properties)["x-death"] == [self.death("expired", work)]
        assert counts(channel, work) == (0, 0)

    def test_the_shorter_time_counts(self, channel, declare, dead):
        for word, ttl, expiration in (("a", 10, "60000"), ("b", 60_000, "10")):
            properties = pika.BasicProperties(expiration=expiration)
            channel.basic_publish("", declare(word, message_ttl=ttl), word.encode(), properties)

        assert {get(channel, dead)[2] for _ in range(2)} == {b"a", b"b"}

    def test_a_consumer_that_is_ready_gets_what_expires_at_once(self, channel, declare):
        work = declare(message_ttl=0)
        received = []
        channel.basic_consume(work, lambda *message: received.append(message))

        channel.basic_publish("", work, b"1")
        wait_for(lambda: received, channel.connection)

        assert received[0][3] == b"1"

    def test_a_message_expires_only_at_the_head_of_its_queue(self, channel, declare, dead):
        work = declare()
        channel.basic_publish("", work, b"stays")
        channel.basic_publish("", work, b"expires", pika.BasicProperties(expiration="0"))
        before = counts(channel, work), counts(channel, dead)

        channel.basic_get(work)

        assert before == ((2, 0), (0, 0))
        assert get(channel, dead)[2] == b"expires"

    def test_a_message_does_not_expire_while_a_client_holds_it(self, channel, declare, dead):
        work = declare(message_ttl=0)
        tag = channel.basic_consume(work, print)
        channel.basic_publish("", work, b"held")
        channel.basic_publish("", declare("empty", message_ttl=0), b"not held")
        first = get(channel, dead)[2]
        held = counts(channel, dead)

        channel.basic_cancel(tag)  # pika gives back what no callback has seen.

        assert (first, held) == (b"not held", (0, 0))
        assert get(channel, dead)[2] == b"held"

    def test_the_messages_over_the_maximum_are_dead_lettered(self, channel, declare, dead):
        work = declare(max_length=1)
        channel.basic_publish("", work, b"1")
        channel.basic_publish("", work, b"2")

        _, properties, body = get(channel, dead)

        assert body == b"1"
        assert self.headers(properties)["x-death"] == [self.death("maxlen", work)]

    def test_a_returning_message_can_be_one_too_many(self, channel, declare, dead):
        work = declare(max_length=1)
        channel.basic_publish("", work, b"1")
        delivery, _, _ = channel.basic_get(work)
        channel.basic_publish("", work, b"2")

        channel.basic_nack(delivery.delivery_tag)

        assert get(channel, dead)[2] == b"1"
        assert counts(channel, work) == (1, 0)

    def test_deaths_are_counted_by_queue_and_reason(self, channel, name, declare):
        work = declare("work", to=name("later"))
        later = declare("later", to=work, message_ttl=10)
        channel.basic_publish("", work, b"1")

        for _ in range(2):
            channel.basic_reject(get(channel, work)[0].delivery_tag, requeue=False)

        _, properties, _ = get(channel, work)
        assert self.headers(properties) == {
            "x-death": [
                self.death("expired", later, count=2),
                self.death("rejected", work, count=2),
            ],
            "x-first-death-exchange": "",
            "x-first-death-queue": work,
            "x-first-death-reason": "rejected",
        }

    def test_a_rejected_message_goes_round_again(self, channel, name, declare):
        """Follow https://www.rabbitmq.com/docs/dlx: only a circle without a rejection ends."""
        first = declare("first", to=name("second"))
        declare("second", to=name("third"), message_ttl=0)
        declare("third", to=first, message_ttl=0)
        channel.basic_publish("", first, b"1")

        channel.basic_reject(get(channel, first)[0].delivery_tag, requeue=False)

        _, properties, _ = get(channel, first)
        deaths = {death["queue"]: death["reason"] for death in properties.headers["x-death"]}
        assert deaths == {first: "rejected", name("second"): "expired", name("third"): "expired"}

    def test_a_message_does_not_go_round_by_itself_for_ever(self, channel, name, declare, dead):
        round_trip = declare("round", to=name("round"), message_ttl=10)
        channel.basic_publish("", declare("watch", message_ttl=10), b"watch")
        channel.basic_publish("", round_trip, b"1")

        wait_for(lambda: counts(channel, round_trip) == (0, 0), channel.connection)

        assert get(channel, dead)[2] == b"watch"

    def test_neither_a_purge_nor_a_deletion_makes_dead_letters(self, channel, declare, dead):
        work = declare()
        channel.basic_publish("", work, b"1")
        channel.queue_purge(work)
        channel.basic_publish("", work, b"2")
        channel.queue_delete(work)

        channel.basic_publish("", dead, b"marks the end")

        assert channel.basic_get(dead)[2] == b"marks the end"
