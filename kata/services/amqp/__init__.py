"""RabbitMQ in memory, behind pika's own `BlockingConnection`.

    broker = Broker()
    connection = broker.connect()  # in place of pika.BlockingConnection(parameters)

The client is pika itself, on a line without a socket; the broker's side is this package. It does
as RabbitMQ 3.10 does: tests/contracts compares the two. What it does not support raises
NotImplementedError that names it. Two things differ without a word: the texts of errors, which may
be shorter, and heartbeats, which are answered and never missed.
"""

from kata.services.amqp.broker import Broker
from kata.services.amqp.client import ForeignThreadError

__all__ = ["Broker", "ForeignThreadError"]
