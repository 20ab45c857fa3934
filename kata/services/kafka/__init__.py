"""Kafka for one test at a time: librdkafka's mock cluster by default, or a running cluster.

with service() as kafka_service:  # or service("127.0.0.1:9092")
    producer = Producer({"bootstrap.servers": kafka_service.servers})
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from kata.services.kafka.embedded import EmbeddedKafka
from kata.services.kafka.real import RealKafka
from kata.services.kafka.service import KafkaService, Message

__all__ = ["KafkaService", "Message", "service"]


@contextmanager
def service(servers: str | None = None) -> Iterator[KafkaService]:
    """Yield a cluster of its own or, with the addresses of bootstrap servers, the one there.

    Raises:
        confluent_kafka.KafkaException: no server answers at the addresses.
    """
    with closing(RealKafka(servers) if servers else EmbeddedKafka()) as opened:
        yield opened
