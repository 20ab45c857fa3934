"""Orders that a shop takes and a warehouse ships, and the message broker between the two."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from confluent_kafka import Producer
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from pika import BasicProperties, BlockingConnection
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# The two queues in RabbitMQ: one for the messages, and one for messages that cannot be handled.
QUEUE = "kata.orders"
DEAD_QUEUE = "kata.orders.dead"

# How many times a message is tried before it goes to DEAD_QUEUE.
MAX_TRIES = 3

# The maximum number of messages that one call of `relay` publishes.
BATCH = 100

# What the warehouse does with an order. It adds to ``db.session``, and may raise any exception.
Work = Callable[[dict[str, Any]], object]


class Base(DeclarativeBase):
    """The base of the tables."""


db = SQLAlchemy(model_class=Base)


@dataclass(frozen=True)
class Message:
    """A message that goes through a broker. Kafka keeps messages with the same key in order."""

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
    """A message that no broker has confirmed yet: a table of the shop. A new row gets a new id."""

    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(default=lambda: str(uuid4()))
    key: Mapped[str]
    body: Mapped[str]

    def as_message(self) -> Message:
        """Return the row as a message to publish."""
        return Message(self.id, self.key, self.body)


class Shipment(db.Model):
    """An order that is on its way to the customer: a table of the warehouse."""

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int]


class HandledMessage(db.Model):
    """The id of a message whose work is done: a table of the warehouse."""

    id: Mapped[str] = mapped_column(primary_key=True)


def ship(order: dict[str, Any]) -> None:
    """Do the work of a message: add a shipment to the session. The caller commits."""
    db.session.add(Shipment(order_id=order["id"]))


class Publisher(Protocol):
    """Something that sends messages to a broker."""

    def publish(self, messages: Sequence[Message]) -> set[str]:
        """Send the messages, and return the ids of those that the broker has confirmed.

        A message that is not confirmed raises nothing: its id is missing from the result.
        """


def declare_queues(channel: BlockingChannel) -> None:
    """Declare both queues: durable, and with QUEUE passing what it rejects to DEAD_QUEUE."""
    # TODO: Step 1, declare both queues; step 2, give QUEUE the two arguments for dead letters.
    raise NotImplementedError("declare_queues: declare QUEUE and DEAD_QUEUE, both durable")


class RabbitPublisher:
    """Publish to QUEUE. All threads may share one publisher.

    ``connect`` opens a connection, as ``pika.BlockingConnection(parameters)`` does.
    """

    def __init__(self, connect: Callable[[], BlockingConnection]) -> None:
        self._connect = connect

    def publish(self, messages: Sequence[Message]) -> set[str]:
        """Send the messages, and return the ids of those that are in the queue."""
        # TODO: Step 1, open a channel with confirms, call declare_queues, and publish each message.
        # TODO, further: Step 5, give each thread its own channel, and replace one that is lost.
        raise NotImplementedError(
            "RabbitPublisher.publish: publish each message, and wait for its confirmation"
        )


class KafkaPublisher:
    """Publish to a topic of Kafka. All threads may share one publisher, and one producer."""

    def __init__(self, producer: Producer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    def publish(self, messages: Sequence[Message]) -> set[str]:
        """Send the messages, and return the ids of those that are in the topic."""
        # TODO: Step 3, produce each message, and wait for the outcome of all.
        raise NotImplementedError(
            "KafkaPublisher.publish: produce each message, and wait for the outcome of all"
        )


def start_consumer(app: Flask, channel: BlockingChannel, work: Work) -> None:
    """Handle the messages in QUEUE, one at a time, while ``channel`` consumes.

    A worker of the warehouse calls this, and then ``channel.start_consuming()``.
    """

    def on_message(
        channel: BlockingChannel, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        with app.app_context():
            handle_message(channel, method, properties, body, work)

    declare_queues(channel)
    channel.basic_qos(prefetch_count=1)
    # TODO: Step 2, consume QUEUE with on_message.
    raise NotImplementedError("start_consumer: consume QUEUE, with on_message as the callback")


def handle_message(
    channel: BlockingChannel,
    method: Basic.Deliver,
    properties: BasicProperties,
    body: bytes,
    work: Work,
) -> None:
    """Do the work of a message once, and acknowledge the message afterwards.

    ``properties.message_id`` is the id of the message, and ``body`` is an order as JSON. After
    MAX_TRIES failed tries, the message goes to DEAD_QUEUE. The caller provides the application
    context.
    """
    # TODO: Step 2, do the work, add a HandledMessage, commit, and then acknowledge the message.
    raise NotImplementedError(
        "handle_message: do the work, commit, and then acknowledge the message"
    )


def _next_in_outbox() -> Sequence[OutboxMessage]:
    """Return the next rows of the outbox, oldest first."""
    query = db.select(OutboxMessage).order_by(OutboxMessage.position).limit(BATCH)
    return db.session.scalars(query).all()


def relay(publisher: Publisher) -> int:
    """Publish the messages in the outbox, oldest first, and return how many were confirmed.

    The caller provides the application context. Unconfirmed messages stay for the next call.
    """
    # TODO, further: Step 4, publish the messages of _next_in_outbox(), and delete the confirmed rows.
    raise NotImplementedError(
        "relay: publish the messages, and delete the rows that were confirmed"
    )


def _submitted_order() -> Order:
    """Return a new order with the customer and the item in the JSON of the request."""
    return Order(**request.get_json())


def _shipment_request(order_id: int) -> Message:
    """Return a new message that asks the warehouse to ship an order."""
    return Message(str(uuid4()), str(order_id), json.dumps({"id": order_id}))


def create_app(publisher: Publisher, uri: str) -> Flask:
    """Return the shop, with the database at ``uri``. It publishes with ``publisher``."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.post("/orders/<int:order_id>/shipments")
    def ship_again(order_id: int):
        # TODO: Step 1, publish _shipment_request(order_id), and answer 202, or 503 if not confirmed.
        raise NotImplementedError(
            "POST /orders/<id>/shipments: publish the message, and answer 202 or 503"
        )

    @app.post("/orders")
    def place_order():
        # TODO, further: Step 4, store _submitted_order() and its OutboxMessage in one transaction.
        raise NotImplementedError("POST /orders: store the order together with its message")

    @app.cli.command("relay")
    def run_relay():
        """Publish the messages in the outbox until interrupted."""
        while True:
            if not relay(publisher):
                time.sleep(1)

    return app
