"""What a program may expect of RabbitMQ, real or in memory: consumers."""

from itertools import islice
from typing import Any

import pika
import pytest
from pika.exceptions import DuplicateConsumerTag, ReentrancyError

from tests.contracts.rabbitmq.asking import (
    PERSISTENT,
    counts,
    failure,
    get,
    wait_for,
    wait_for_bodies,
)


class TestConsuming:
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

        assert wait_for_bodies(received, other, 3) == [b"1", b"2", b"3"]

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

    def test_another_consumer_gets_what_a_closed_channel_held(self, connect, consume, fill):
        first, second = connect().channel(), connect().channel()
        fill(b"1")
        wait_for_bodies(consume(first), first, 1)
        received = consume(second)

        first.close()

        wait_for_bodies(received, second, 1)
        assert received[0][1].redelivered

    def test_a_refused_message_comes_again(self, channel, other, consume, fill):
        other.basic_qos(prefetch_count=1)
        received = consume(other)
        fill(b"1", b"2")
        wait_for_bodies(received, other, 1)

        other.basic_nack(received[0][1].delivery_tag)

        assert wait_for_bodies(received, other, 2) == [b"1", b"1"]
        assert [message[1].redelivered for message in received] == [False, True]

    def test_a_cancelled_consumer_gets_no_more_and_keeps_what_it_has(
        self, channel, other, consume, queue, fill
    ):
        received = consume(other, consumer_tag="me")
        fill(b"1")
        wait_for_bodies(received, other, 1)

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
