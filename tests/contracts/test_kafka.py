"""What a program may expect of Kafka, whether it is a real one or librdkafka's mock cluster."""

import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from kata.services import kafka
from kata.services.kafka import KafkaService, Message

DEADLINE = 10  # Seconds, until something that should happen counts as not happening.
GROUP_DEADLINE = 60  # A group waits for more members before its first one reads anything.
THREADS = 8


@pytest.fixture(params=["fake", "real"])
def service(request, real_url) -> Iterator[KafkaService]:
    servers = real_url("kafka", "KATA_KAFKA_SERVERS") if request.param == "real" else None
    with kafka.service(servers) as service:
        yield service


@pytest.fixture
def topic(service) -> str:
    return service.topic("orders")


@pytest.fixture
def make_producer(service) -> Callable[..., Producer]:
    """Return a function that makes a producer with the given settings, and does not log."""

    def make(**settings: Any) -> Producer:
        named = {name.replace("_", "."): value for name, value in settings.items()}
        return Producer({"bootstrap.servers": service.servers, "log_level": 0, **named})

    return make


@pytest.fixture
def producer(make_producer) -> Producer:
    return make_producer()


@pytest.fixture
def make_consumer(service) -> Iterator[Callable[[], Consumer]]:
    """Return a function that makes a consumer, alone in its group; it is closed at the end."""
    consumers = []

    def make() -> Consumer:
        settings = {
            "bootstrap.servers": service.servers,
            "group.id": f"kata-{uuid.uuid4().hex}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "log_level": 0,
        }
        consumers.append(Consumer(settings))
        return consumers[-1]

    yield make
    for consumer in consumers:
        consumer.close()


def deliver(producer: Producer, topic: str, *values: Any, **options: Any) -> list[Any]:
    """Produce and return what the callback was told of each value: its error, or None."""
    errors = []
    for value in values:
        producer.produce(topic, value, on_delivery=lambda error, _: errors.append(error), **options)
    assert producer.flush(DEADLINE) == 0, "Something was neither delivered nor given up in time."
    return errors


def codes(errors: list[KafkaError]) -> list[int]:
    return [error.code() for error in errors]


def values(messages: list[Message]) -> list[bytes | None]:
    return [message.value for message in messages]


class TestTopics:
    def test_a_new_topic_is_empty_and_has_four_partitions(self, service, topic, producer):
        known = producer.list_topics(topic, DEADLINE).topics[topic]

        assert (sorted(known.partitions), service.messages(topic)) == ([0, 1, 2, 3], [])

    def test_a_topic_bears_its_name_and_is_new(self, service, topic):
        other = service.topic("orders")

        assert topic.startswith("orders-")
        assert other.startswith("orders-")
        assert topic != other

    def test_topics_are_apart(self, service, topic, producer):
        deliver(producer, topic, b"Hello")

        assert service.messages(service.topic("orders")) == []

    def test_a_topic_that_is_not_there_has_no_messages_to_read(self, service):
        with pytest.raises(KafkaException) as caught:
            service.messages("kata-nowhere")

        assert caught.value.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART


class TestProducers:
    def test_a_message_arrives_as_it_was_sent(self, service, topic, producer):
        errors = deliver(
            producer, topic, b"\x00\xff", key=b"\xfe", partition=2, headers={"a": b"1"}
        )

        assert errors == [None]
        assert service.messages(topic) == [Message(b"\xfe", b"\x00\xff", 2, 0, (("a", b"1"),))]

    def test_text_is_sent_as_utf_8(self, service, topic, producer):
        deliver(producer, topic, "Grüße", key="ü")

        (message,) = service.messages(topic)
        assert (message.key, message.value) == ("ü".encode(), "Grüße".encode())

    def test_a_message_needs_neither_key_nor_value(self, service, topic, producer):
        deliver(producer, topic, None, partition=1)

        assert service.messages(topic) == [Message(None, None, 1, 0)]

    def test_producing_waits_for_nothing(self, topic, producer):
        told = []

        producer.produce(topic, b"Hello", on_delivery=lambda *arguments: told.append(arguments))

        assert (len(producer), told) == (1, [])
        assert (producer.flush(DEADLINE), len(told), len(producer)) == (0, 1, 0)

    def test_poll_tells_of_deliveries_too(self, topic, producer):
        told = []
        producer.produce(topic, b"Hello", on_delivery=lambda error, _: told.append(error))

        assert (producer.poll(DEADLINE), told) == (1, [None])

    def test_the_callback_is_told_where_the_message_lies(self, topic, producer):
        told = []
        producer.produce(topic, b"Hello", b"key", 3, lambda _, message: told.append(message))
        producer.flush(DEADLINE)

        (message,) = told
        place = message.topic(), message.partition(), message.offset()
        assert (place, message.key(), message.value()) == ((topic, 3, 0), b"key", b"Hello")

    def test_the_same_key_is_in_the_same_partition_in_order(self, service, topic, producer):
        sent = [b"%d" % number for number in range(20)]
        for value in sent:
            deliver(producer, topic, value, key=b"order 7")

        messages = service.messages(topic)
        assert (len({m.partition for m in messages}), values(messages)) == (1, sent)
        assert [m.offset for m in messages] == list(range(20))

    def test_two_producers_put_a_key_in_the_same_partition(self, service, topic, make_producer):
        for _ in range(2):
            deliver(make_producer(), topic, b"Hello", key=b"order 7")

        assert len({message.partition for message in service.messages(topic)}) == 1

    def test_keys_spread_over_all_partitions(self, service, topic, producer):
        for number in range(100):
            producer.produce(topic, b"Hello", key=b"order %d" % number)
        producer.flush(DEADLINE)

        assert {message.partition for message in service.messages(topic)} == {0, 1, 2, 3}

    def test_a_message_for_a_partition_that_is_not_there_fails(self, topic, producer):
        deliver(producer, topic, b"Hello")

        with pytest.raises(KafkaException) as caught:
            producer.produce(topic, b"Hello", partition=4)

        assert caught.value.args[0].code() == KafkaError._UNKNOWN_PARTITION

    def test_a_message_that_is_too_large_fails_at_once(self, topic, make_producer):
        producer = make_producer(message_max_bytes=1000)

        with pytest.raises(KafkaException) as caught:
            producer.produce(topic, b"x" * 1001)

        assert caught.value.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE

    def test_an_idempotent_producer_delivers(self, service, topic, make_producer):
        producer = make_producer(enable_idempotence=True)

        assert deliver(producer, topic, b"a", b"b", partition=0) == [None, None]
        assert values(service.messages(topic)) == [b"a", b"b"]

    def test_threads_may_share_a_producer(self, service, topic, producer):
        def produce() -> None:
            barrier.wait(DEADLINE)
            for number in range(20):
                producer.produce(topic, b"%d" % number)

        barrier = threading.Barrier(THREADS)
        threads = [threading.Thread(target=produce) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE)

        assert (producer.flush(DEADLINE), len(service.messages(topic))) == (0, 20 * THREADS)


class TestConsumers:
    def test_a_partition_can_be_read_from_any_place(self, topic, producer, make_consumer):
        deliver(producer, topic, b"a", b"b", b"c", partition=0)
        consumer = make_consumer()

        consumer.assign([TopicPartition(topic, 0, 1)])

        assert [consumer.poll(DEADLINE).value() for _ in range(2)] == [b"b", b"c"]

    def test_a_subscriber_gets_every_message(self, topic, producer, make_consumer):
        deliver(producer, topic, *(b"%d" % number for number in range(8)))
        consumer = make_consumer()

        consumer.subscribe([topic])

        received = [consumer.poll(GROUP_DEADLINE).value() for _ in range(8)]
        assert sorted(received) == [b"%d" % number for number in range(8)]

    def test_a_group_knows_what_it_has_committed(self, topic, producer, make_consumer):
        deliver(producer, topic, b"a", b"b", partition=0)
        consumer = make_consumer()
        consumer.subscribe([topic])

        consumer.commit(consumer.poll(GROUP_DEADLINE), asynchronous=False)

        known = consumer.committed([TopicPartition(topic, 0)], DEADLINE)
        assert [place.offset for place in known] == [1]


class TestOutage:
    def test_a_message_fails_when_its_time_is_over(self, service, topic, producer, make_producer):
        deliver(producer, topic, b"before")
        impatient = make_producer(message_timeout_ms=100)
        impatient.list_topics(topic, DEADLINE)  # It is connected.

        with service.outage():
            errors = deliver(impatient, topic, b"within")

        assert codes(errors) == [KafkaError._MSG_TIMED_OUT]
        assert values(service.messages(topic)) == [b"before"]

    def test_a_producer_that_is_made_in_an_outage_fails_alike(self, service, topic, make_producer):
        with service.outage():
            errors = deliver(make_producer(message_timeout_ms=100), topic, b"within")

        assert codes(errors) == [KafkaError._MSG_TIMED_OUT]

    def test_a_message_that_may_wait_is_delivered_afterwards(self, service, topic, producer):
        with service.outage():
            producer.produce(topic, b"within")
            assert producer.flush(0.1) == 1

        assert (producer.flush(DEADLINE), values(service.messages(topic))) == (0, [b"within"])

    def test_there_is_no_answer(self, service, topic, producer):
        with service.outage(), pytest.raises(KafkaException):
            producer.list_topics(topic, 0.1)

    def test_it_ends_with_an_error_too(self, service, topic, producer):
        with pytest.raises(ZeroDivisionError), service.outage():
            _ = 1 / 0

        assert deliver(producer, topic, b"after") == [None]


class TestRefusal:
    def test_a_message_fails_in_its_callback(self, service, topic, producer):
        with service.refusal():
            errors = deliver(producer, topic, b"a", b"b")
            errors += deliver(producer, topic, b"c")

        assert codes(errors) == [KafkaError.POLICY_VIOLATION] * 3
        assert service.messages(topic) == []

    def test_the_same_producer_delivers_before_and_afterwards(self, service, topic, producer):
        first = deliver(producer, topic, b"before", partition=0)
        with service.refusal():
            deliver(producer, topic, b"within", partition=0)

        assert first + deliver(producer, topic, b"after", partition=0) == [None, None]
        assert values(service.messages(topic)) == [b"before", b"after"]

    def test_it_ends_with_an_error_too(self, service, topic, producer):
        with pytest.raises(ZeroDivisionError), service.refusal():
            _ = 1 / 0

        assert deliver(producer, topic, b"after") == [None]
