"""What a program may expect of RabbitMQ, real or in memory: connections and channels."""

import threading
from functools import partial

import pika
import pytest
from pika.exceptions import (
    ChannelWrongStateError,
    ConnectionWrongStateError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from tests.contracts.rabbitmq.asking import failure, wait_for


class TestConnections:
    def test_a_connection_and_its_channels_open_and_close(self, connection):
        channel = connection.channel()
        before = (connection.is_open, channel.is_open, channel.channel_number)

        connection.close()

        assert before == (True, True, 1)
        assert (connection.is_open, connection.is_closed, channel.is_open) == (False, True, False)

    def test_the_broker_announces_what_it_can_do(self, connection):
        announced = (
            connection.basic_nack_supported,
            connection.consumer_cancel_notify_supported,
            connection.exchange_exchange_bindings_supported,
            connection.publisher_confirms_supported,
        )

        assert announced == (True, True, True, True)

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
