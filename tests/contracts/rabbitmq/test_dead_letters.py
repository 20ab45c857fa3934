"""What a program may expect of RabbitMQ, real or in memory: how messages die."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pika
import pytest

from tests.contracts.rabbitmq.asking import counts, get, wait_for


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
