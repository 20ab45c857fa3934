"""What a program may expect of RabbitMQ, real or in memory: how messages get in."""

import threading
from decimal import Decimal

import pika
import pytest
from pika.exceptions import ConnectionClosedByBroker, UnroutableError

from tests.contracts.rabbitmq.asking import (
    PERSISTENT,
    counts,
    drain,
    failure,
    late_failure,
    wait_for,
)


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
