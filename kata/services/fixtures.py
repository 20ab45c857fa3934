"""The fixtures that the exercises share: services that belong to one test, and a clock.

Each service runs in this process unless a variable of the environment names a real one. This module
is loaded with every run, and a client library takes long to import: the fixture that needs it does.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kata.services.clock import Clock

if TYPE_CHECKING:
    from kata.services.kafka import KafkaService
    from kata.services.rabbitmq import RabbitService
    from kata.services.redis import RedisService


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still until the test advances it."""
    return Clock()


@pytest.fixture
def redis_service() -> Iterator["RedisService"]:
    """Return an empty Redis; a real one if `KATA_REDIS_URL` is set."""
    from kata.services import redis

    with redis.service(os.environ.get("KATA_REDIS_URL")) as service:
        yield service


@pytest.fixture
def amqp_service() -> Iterator["RabbitService"]:
    """Return an empty RabbitMQ; a real one, which may not be empty, if `KATA_AMQP_URL` is set."""
    from kata.services import rabbitmq

    with rabbitmq.service(os.environ.get("KATA_AMQP_URL")) as service:
        yield service


@pytest.fixture
def kafka_service() -> Iterator["KafkaService"]:
    """Return a Kafka whose topics belong to the test; a real one if `KATA_KAFKA_SERVERS` is set."""
    from kata.services import kafka

    with kafka.service(os.environ.get("KATA_KAFKA_SERVERS")) as service:
        yield service
