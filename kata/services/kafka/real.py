"""A running Kafka, on which each test has topics of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from kata.services.kafka.service import DEADLINE, PARTITIONS, KafkaService


class RealKafka(KafkaService):
    """A cluster that has other users: what a test has made is deleted in the end."""

    def __init__(self, servers: str) -> None:
        self.servers = servers
        self._admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
        self._admin.list_topics(timeout=DEADLINE)  # Fails here if there is no server.
        self._topics: list[str] = []

    @contextmanager
    def outage(self) -> Iterator[None]:
        pytest.skip("An outage of a real Kafka cannot be made from here.")
        yield

    @contextmanager
    def refusal(self) -> Iterator[None]:
        pytest.skip("A real Kafka cannot be told from here to refuse messages.")
        yield

    def close(self) -> None:
        if self._topics:
            for done in self._admin.delete_topics(self._topics).values():
                done.result(DEADLINE)

    def _create(self, topic: str) -> None:
        created = self._admin.create_topics([NewTopic(topic, PARTITIONS)])
        created[topic].result(DEADLINE)
        self._topics.append(topic)
