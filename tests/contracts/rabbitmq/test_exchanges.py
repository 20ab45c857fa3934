"""What a program may expect of RabbitMQ, real or in memory: exchanges and bindings."""

from collections.abc import Callable

import pytest
from pika.exceptions import ConnectionClosedByBroker

from tests.contracts.rabbitmq.asking import drain, failure


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
