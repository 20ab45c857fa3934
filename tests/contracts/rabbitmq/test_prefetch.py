"""What a program may expect of RabbitMQ, real or in memory: who gets how much."""

import pytest

from tests.contracts.rabbitmq.asking import counts, wait_for, wait_for_bodies


class TestPrefetch:
    def test_the_prefetch_limits_what_a_consumer_holds(self, channel, other, consume, queue, fill):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=2)
        received = consume(other)
        wait_for_bodies(received, other, 2)
        waiting = counts(other, queue)

        other.basic_ack(received[0][1].delivery_tag)

        assert waiting == (1, 1)
        assert wait_for_bodies(received, other, 3) == [b"1", b"2", b"3"]

    def test_the_prefetch_holds_for_consumers_that_start_later(
        self, channel, other, consume, queue, fill
    ):
        unlimited = consume(other)
        other.basic_qos(prefetch_count=1)
        fill(b"1", b"2", b"3")

        assert wait_for_bodies(unlimited, other, 3) == [b"1", b"2", b"3"]

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

        assert wait_for_bodies(received, other, 4) == [b"1", b"2", b"3", b"4"]
        assert counts(other, queue) == (1, 1)

    def test_a_consumer_goes_on_when_the_shared_prefetch_ends(self, other, consume, queue, fill):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=1, global_qos=True)
        received = consume(other)
        wait_for_bodies(received, other, 1)
        waiting = counts(other, queue)

        other.basic_qos(prefetch_count=1)

        assert waiting == (2, 1)
        assert wait_for_bodies(received, other, 3) == [b"1", b"2", b"3"]

    def test_a_shared_prefetch_counts_what_the_channel_holds_already(
        self, other, consume, queue, fill
    ):
        fill(b"1", b"2", b"3")
        other.basic_get(queue)
        other.basic_qos(prefetch_count=2, global_qos=True)

        received = consume(other)

        assert wait_for_bodies(received, other, 1) == [b"2"]
        assert counts(other, queue) == (1, 1)

    def test_a_shared_prefetch_holds_automatic_acknowledgement_up(
        self, other, consume, queue, fill
    ):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=1, global_qos=True)
        first = consume(other)
        wait_for_bodies(first, other, 1)

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
        wait_for_bodies(first, other, 1)
        second = consume(channel)

        give_back(other)

        assert wait_for_bodies(first, other, 2) == [b"1", b"1"]
        assert (first[1][1].redelivered, second) == (True, [])

    def test_the_prefetch_does_not_limit_automatic_acknowledgement(
        self, channel, other, consume, queue, fill
    ):
        fill(b"1", b"2", b"3")
        other.basic_qos(prefetch_count=1)
        received = consume(other, auto_ack=True)
        wait_for_bodies(received, other, 3)

        other.connection.close()

        assert counts(channel, queue) == (0, 0)

    def test_consumers_take_turns(self, channel, connect, consume, fill):
        channels = [connect().channel() for _ in range(2)]
        received = [consume(each) for each in channels]

        fill(b"1", b"2", b"3", b"4")

        assert wait_for_bodies(received[0], channels[0], 2) == [b"1", b"3"]
        assert wait_for_bodies(received[1], channels[1], 2) == [b"2", b"4"]
