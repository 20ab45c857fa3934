"""What a program may expect of RabbitMQ, real or in memory: messages one by one."""

from collections.abc import Callable
from functools import partial

import pika
import pytest

from tests.contracts.rabbitmq.asking import PERSISTENT, counts, failure, get, late_failure


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
