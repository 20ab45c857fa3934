"""What a test may ask of its Kafka, whether it is the embedded one or a real one."""

import time
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import confluent_kafka
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

PARTITIONS = 4

# How long, in seconds, a cluster may take to answer: less than a test may take.
DEADLINE = 5.0


@dataclass(frozen=True)
class Message:
    """A message as it lies in its topic."""

    key: bytes | None
    value: bytes | None
    partition: int
    offset: int
    headers: tuple[tuple[str, bytes | None], ...] = ()


class KafkaService(ABC):
    """A Kafka whose topics belong to one test."""

    servers: str
    """The value of `bootstrap.servers`."""

    def topic(self, name: str) -> str:
        """Create a topic of four partitions and return its name: the one given and something unique."""
        topic = f"{name}-{uuid4().hex[:8]}"
        self._create(topic)
        return topic

    def messages(self, topic: str) -> list[Message]:
        """Return what lies in the topic, by partition and offset.

        Raises:
            KafkaException: the cluster knows no such topic.
            TimeoutError: the cluster has not answered in five seconds.
        """
        settings = {
            "bootstrap.servers": self.servers,
            "group.id": "kata",  # Demanded, and of no use without a subscription.
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 5,
            "log_level": 0,
        }
        with closing(Consumer(settings)) as consumer:
            return sorted(_read(consumer, topic), key=lambda m: (m.partition, m.offset))

    @abstractmethod
    def outage(self) -> AbstractContextManager[None]:
        """Be gone while the block runs: connections are lost and new ones refused.

        A producer fails a message when its `message.timeout.ms` is over and not before, and takes
        up to a second to find the cluster when it is there again. A test on a real cluster is
        skipped: its brokers tell clients their addresses, so nothing can stand in between.
        """

    @abstractmethod
    def refusal(self) -> AbstractContextManager[None]:
        """Refuse every message while the block runs: it fails at once, with POLICY_VIOLATION.

        A test on a real cluster is skipped: there, this takes a rule on the cluster itself.
        """

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind: no connection, no thread, no topic."""

    @abstractmethod
    def _create(self, topic: str) -> None: ...


def _read(consumer: Consumer, topic: str) -> list[Message]:
    """Read every partition of the topic from its beginning to its end."""
    known = consumer.list_topics(topic, DEADLINE).topics[topic]
    if known.error is not None:
        raise KafkaException(known.error)
    unread = set(known.partitions)
    # A subscription would first make a group, and a group waits for others to join.
    consumer.assign([TopicPartition(topic, partition, 0) for partition in unread])
    messages = []
    deadline = time.monotonic() + DEADLINE
    while unread:
        message = consumer.poll(max(0.0, deadline - time.monotonic()))
        if message is None:
            raise TimeoutError(f"Partitions {unread} of {topic} have no end after {DEADLINE:g} s.")
        error = message.error()
        if error is None:
            messages.append(_as_message(message))
        elif error.code() == KafkaError._PARTITION_EOF:
            unread.discard(message.partition())
        else:
            raise KafkaException(error)
    return messages


def _as_message(message: confluent_kafka.Message) -> Message:
    partition, offset = message.partition(), message.offset()
    assert partition is not None
    assert offset is not None
    headers: Any = message.headers() or ()  # From a topic it is always a list of bytes by name.
    return Message(message.key(), message.value(), partition, offset, tuple(headers))
