"""Commit the work, and then the id: if the second commit fails, the next try does the work again."""

# caught by: test_work_and_id_are_stored_together
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from confluent_kafka import KafkaError, KafkaException, Producer
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from pika import BasicProperties, BlockingConnection, DeliveryMode
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import (
    AMQPConnectionError,
    ChannelWrongStateError,
    NackError,
    UnroutableError,
)
from pika.spec import Basic
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# The two queues of RabbitMQ: one for the messages, and one for those that nobody can handle.
QUEUE = "kata.orders"
DEAD_QUEUE = "kata.orders.dead"

# How often a message is tried before it goes to DEAD_QUEUE.
MAX_TRIES = 3

# How many messages one call of `relay` publishes at most.
BATCH = 100

# What is done with an order in the warehouse. It changes ``db.session``, and may raise anything.
Work = Callable[[dict[str, Any]], object]

_log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """The base of the tables."""


db = SQLAlchemy(model_class=Base)


@dataclass(frozen=True)
class Message:
    """What goes through a broker; messages of the same key stay in order."""

    id: str
    key: str
    body: str


class Order(db.Model):
    """What a customer has ordered: a table of the shop."""

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str]
    item: Mapped[str]

    def as_dict(self) -> dict[str, object]:
        """Return what a client and the warehouse see of the order."""
        return {"id": self.id, "customer": self.customer, "item": self.item}


class OutboxMessage(db.Model):
    """A message that no broker has confirmed yet: a table of the shop. Its id is made with the row."""

    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(default=lambda: str(uuid4()))
    key: Mapped[str]
    body: Mapped[str]

    def as_message(self) -> Message:
        """Return the message that is to be published."""
        return Message(self.id, self.key, self.body)


class Shipment(db.Model):
    """An order that is on its way to the customer: a table of the warehouse."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int]


class HandledMessage(db.Model):
    """The id of a message whose work is done: a table of the warehouse."""

    id: Mapped[str] = mapped_column(primary_key=True)


def ship(order: dict[str, Any]) -> None:
    """Do the work of a message: add a shipment to the session. It is the caller who commits."""
    db.session.add(Shipment(order_id=order["id"]))


class Publisher(Protocol):
    """Something that brings messages to a broker."""

    def publish(self, messages: Sequence[Message]) -> set[str]:
        """Send the messages, and return the ids of those that the broker has confirmed.

        A message that is not confirmed raises nothing: its id is missing in the result.
        """


def declare_queues(channel: BlockingChannel) -> None:
    """Make both queues unless they are there: durable, and what QUEUE rejects goes to DEAD_QUEUE."""
    channel.queue_declare(DEAD_QUEUE, durable=True)
    dead_letters = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": DEAD_QUEUE}
    channel.queue_declare(QUEUE, durable=True, arguments=dead_letters)


class RabbitPublisher:
    """Publish to QUEUE. All threads may share one publisher.

    ``connect`` opens a connection, as ``pika.BlockingConnection(parameters)`` does.
    """

    def __init__(self, connect: Callable[[], BlockingConnection]) -> None:
        self._connect = connect
        self._own = threading.local()  # A connection belongs to the thread that opened it.

    def publish(self, messages: Sequence[Message]) -> set[str]:
        """Send the messages, and return the ids of those that lie in the queue."""
        confirmed: set[str] = set()
        for _ in range(2):  # A connection that was idle may be lost, and only its use shows that.
            try:
                channel = self._channel()
                for message in messages:
                    if message.id not in confirmed and _is_confirmed(channel, message):
                        confirmed.add(message.id)
                break
            except (AMQPConnectionError, ChannelWrongStateError) as error:
                self._own.channel = None
                _log.warning("The connection to RabbitMQ is lost: %r", error)
        return confirmed

    def _channel(self) -> BlockingChannel:
        """Return the channel of this thread; open one if there is none."""
        if getattr(self._own, "channel", None) is None:
            channel = self._connect().channel()
            channel.confirm_delivery()
            declare_queues(channel)
            self._own.channel = channel
        return self._own.channel


def _is_confirmed(channel: BlockingChannel, message: Message) -> bool:
    """Publish the message, and say whether RabbitMQ has put it into a queue."""
    properties = BasicProperties(
        message_id=message.id,
        content_type="application/json",
        delivery_mode=DeliveryMode.Persistent,
    )
    try:
        channel.basic_publish("", QUEUE, message.body, properties, mandatory=True)
    except (UnroutableError, NackError) as error:
        _log.error("RabbitMQ has not taken message %s: %r", message.id, error)
        return False
    return True


class KafkaPublisher:
    """Publish to a topic of Kafka. All threads may share one publisher, and one producer."""

    def __init__(self, producer: Producer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    def publish(self, messages: Sequence[Message]) -> set[str]:
        """Send the messages, and return the ids of those that lie in the topic."""
        confirmed: set[str] = set()

        def note(message_id: str, error: KafkaError | None, _: object) -> None:
            if error is None:
                confirmed.add(message_id)
            else:
                _log.error("Kafka has not taken message %s: %s", message_id, error)

        for message in messages:
            try:
                self._producer.produce(
                    self._topic,
                    message.body,
                    message.key,
                    headers={"message_id": message.id},
                    on_delivery=partial(note, message.id),
                )
            except KafkaException:
                _log.exception("Kafka cannot take message %s.", message.id)
        self._producer.flush()
        return confirmed


def start_consumer(app: Flask, channel: BlockingChannel, work: Work) -> None:
    """Have the messages in QUEUE handled, one at a time, while ``channel`` consumes.

    A worker of the warehouse calls this, and then ``channel.start_consuming()``.
    """

    def on_message(
        channel: BlockingChannel, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        with app.app_context():
            handle_message(channel, method, properties, body, work)

    declare_queues(channel)
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(QUEUE, on_message)


def handle_message(
    channel: BlockingChannel,
    method: Basic.Deliver,
    properties: BasicProperties,
    body: bytes,
    work: Work,
) -> None:
    """Do the work of a message once, and acknowledge the message afterwards.

    ``properties.message_id`` is the id of the message, and ``body`` is an order as JSON. After
    MAX_TRIES tries that have failed, the message goes to DEAD_QUEUE. It works in an application
    context.
    """
    try:
        if db.session.get(HandledMessage, properties.message_id) is None:
            work(json.loads(body))
            db.session.commit()
            db.session.add(HandledMessage(id=properties.message_id))
            db.session.commit()
    except Exception:
        db.session.rollback()
        _log.exception("A try of message %s has failed.", properties.message_id)
        _try_again_or_give_up(channel, method, properties, body)
    else:
        channel.basic_ack(method.delivery_tag)


def _try_again_or_give_up(
    channel: BlockingChannel, method: Basic.Deliver, properties: BasicProperties, body: bytes
) -> None:
    headers = properties.headers or {}
    tries = headers.get("tries", 0) + 1
    if tries == MAX_TRIES:
        channel.basic_reject(method.delivery_tag, requeue=False)
        return
    properties.headers = {**headers, "tries": tries}
    # In this order: a worker that ends in between leaves a message too many, not one too few.
    channel.basic_publish("", QUEUE, body, properties)
    channel.basic_ack(method.delivery_tag)


def _next_in_outbox() -> Sequence[OutboxMessage]:
    """Return the rows of the outbox that are next, the oldest first."""
    query = db.select(OutboxMessage).order_by(OutboxMessage.position).limit(BATCH)
    return db.session.scalars(query).all()


def relay(publisher: Publisher) -> int:
    """Publish what lies in the outbox, oldest first, and return how many messages were confirmed.

    It works in an application context. What was not confirmed stays for the next call.
    """
    rows = _next_in_outbox()
    confirmed = publisher.publish([row.as_message() for row in rows])
    for row in rows:
        if row.id in confirmed:
            db.session.delete(row)
    db.session.commit()
    return len(confirmed)


def _submitted_order() -> Order:
    """Return a new order with the customer and the item in the JSON of the request."""
    return Order(**request.get_json())


def _shipment_request(order_id: int) -> Message:
    """Return a new message that asks the warehouse to ship an order."""
    return Message(str(uuid4()), str(order_id), json.dumps({"id": order_id}))


def create_app(publisher: Publisher, uri: str) -> Flask:
    """Return the shop on the database at ``uri``; ``flask relay`` hands its messages to ``publisher``."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.post("/orders/<int:order_id>/shipments")
    def ship_again(order_id: int):
        confirmed = publisher.publish([_shipment_request(order_id)])
        return "", 202 if confirmed else 503

    @app.post("/orders")
    def place_order():
        order = _submitted_order()
        db.session.add(order)
        db.session.flush()  # From here on it has an id, and is not committed.
        db.session.add(OutboxMessage(key=order.customer, body=json.dumps(order.as_dict())))
        db.session.commit()
        return order.as_dict(), 202

    @app.cli.command("relay")
    def run_relay():
        """Publish what comes into the outbox, until interrupted."""
        while True:
            if not relay(publisher):
                time.sleep(1)

    return app
