"""What a test may do to its RabbitMQ, whether it is the real one or the one in memory."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker, StreamLostError

from kata.services import rabbitmq
from kata.services.rabbitmq import RabbitService

QUEUE = "kata-orders"


@pytest.fixture(params=["fake", "real"])
def open_service(request, real_url) -> Callable[[], AbstractContextManager[RabbitService]]:
    """Return a function that opens a RabbitMQ for one test."""
    url = real_url("amqp", "KATA_AMQP_URL") if request.param == "real" else None
    return partial(rabbitmq.service, url)


@pytest.fixture
def service(open_service) -> Iterator[RabbitService]:
    with open_service() as service:
        service.clean(QUEUE)
        yield service


@pytest.fixture
def connect(service) -> Callable[[], Any]:
    """Return a function that opens a channel with confirms, on a connection of its own."""

    def open_channel() -> Any:
        channel = service.connect().channel()
        channel.confirm_delivery()
        return channel

    return open_channel


@pytest.fixture
def channel(connect) -> Any:
    """Return a channel to a broker that has a durable queue with a message in it."""
    channel = connect()
    channel.queue_declare(QUEUE, durable=True)
    channel.basic_publish("", QUEUE, b"before")
    return channel


def test_the_parameters_lead_to_the_broker(service, channel):
    other = service.connect(service.parameters).channel()

    assert other.basic_get(QUEUE)[2] == b"before"


def test_clean_deletes_queues_and_exchanges(service, channel):
    channel.exchange_declare(QUEUE)

    service.clean(QUEUE)

    for declare in (channel.exchange_declare, service.connect().channel().queue_declare):
        with pytest.raises(ChannelClosedByBroker, match="NOT_FOUND"):
            declare(QUEUE, passive=True)


def test_a_dropped_connection_is_lost_and_another_is_not(service, channel, connect):
    service.drop_connections()

    with pytest.raises(StreamLostError):
        channel.basic_get(QUEUE)
    assert connect().basic_get(QUEUE)[2] == b"before"


def test_an_outage_loses_connections_and_refuses_new_ones(service, channel, connect):
    with service.outage():
        with pytest.raises(StreamLostError):
            channel.basic_publish("", QUEUE, b"within")
        with pytest.raises(AMQPConnectionError):
            connect()


def test_what_lies_in_a_queue_is_there_after_an_outage(service, channel, connect):
    with service.outage():
        pass

    channel = connect()
    assert channel.basic_get(QUEUE, auto_ack=True)[2] == b"before"
    assert channel.basic_get(QUEUE)[2] is None


def test_an_outage_ends_with_an_error_too(service, connect):
    with pytest.raises(ZeroDivisionError), service.outage():
        _ = 1 / 0

    assert connect().is_open


def test_a_restart_loses_what_is_not_durable(service, channel, connect):
    service.restart()

    assert connect().queue_declare(QUEUE, passive=True).method.message_count == 0


def test_what_was_cleaned_at_the_start_is_cleaned_in_the_end(open_service):
    with open_service() as service:
        service.clean(QUEUE)
        channel = service.connect().channel()
        channel.queue_declare(QUEUE)
        channel.basic_consume(QUEUE, print)

    with open_service() as service, pytest.raises(ChannelClosedByBroker, match="NOT_FOUND"):
        service.connect().channel().queue_declare(QUEUE, passive=True)


def test_one_test_at_a_time_has_a_real_broker(monkeypatch, real_url):
    url = real_url("amqp", "KATA_AMQP_URL")
    with rabbitmq.service(url):
        monkeypatch.setattr(rabbitmq, "_LEASE_TIME", 0)
        with pytest.raises(ChannelClosedByBroker, match="RESOURCE_LOCKED"), rabbitmq.service(url):
            pass
