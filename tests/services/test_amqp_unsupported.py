"""What the broker in memory cannot do, it refuses by name: nothing differs in silence."""

import pika
import pytest


class TestWhatIsNotSupported:
    @pytest.mark.parametrize(
        ("operation", "named"),
        [
            (lambda c: c.queue_declare("q", arguments={"x-expires": 1}), "x-expires=1"),
            (lambda c: c.queue_declare("q", arguments={"mine": 1}), "mine=1"),
            (lambda c: c.queue_declare("q", arguments={"x-queue-type": "quorum"}), "'quorum'"),
            (lambda c: c.queue_declare("q", arguments={"x-queue-type": "any"}), "'any'"),
            (lambda c: c.exchange_declare("x", "headers"), "headers exchanges"),
            (lambda c: c.exchange_declare("x", auto_delete=True), "auto-delete exchanges"),
            (lambda c: c.exchange_declare("x", internal=True), "internal exchanges"),
            (lambda c: c.exchange_declare("amq.match", "topic", durable=True), "amq.match"),
            (lambda c: c.exchange_bind("amq.topic", "amq.direct"), "Exchange.Bind"),
            (lambda c: c.exchange_unbind("amq.topic", "amq.direct"), "Exchange.Unbind"),
            (lambda c: c.queue_bind("queue", "amq.headers"), "amq.headers"),
            (
                lambda c: c.exchange_declare("x", arguments={"alternate-exchange": "y"}),
                "alternate-exchange='y' in Exchange.Declare",
            ),
            (
                lambda c: c.queue_bind("queue", "amq.direct", arguments={"x-match": "any"}),
                "x-match='any' in Queue.Bind",
            ),
            (
                lambda c: c.basic_consume("queue", print, arguments={"x-priority": 1}),
                "x-priority=1 in Basic.Consume",
            ),
            (
                lambda c: c.basic_publish(
                    "", "queue", b"", pika.BasicProperties(headers={"CC": ["other"]})
                ),
                "the CC header",
            ),
            (
                lambda c: c.basic_consume("amq.rabbitmq.reply-to", print, auto_ack=True),
                "direct reply-to",
            ),
            (
                lambda c: c.basic_publish(
                    "", "queue", b"", pika.BasicProperties(reply_to="amq.rabbitmq.reply-to")
                ),
                "direct reply-to",
            ),
            (lambda c: c.basic_publish("", "amq.rabbitmq.reply-to.me", b""), "direct reply-to"),
            (lambda c: c.queue_declare("amq.rabbitmq.reply-to", passive=True), "direct reply-to"),
            (
                lambda c: c.basic_publish(
                    "", "queue", b"", pika.BasicProperties(headers={"x-death": ["mine"]})
                ),
                "an x-death header",
            ),
            (lambda c: c.tx_select(), "Tx.Select"),
            (lambda c: c.flow(True), "Channel.Flow"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_is_named_and_ends_the_connection(self, channel, connection, operation, named):
        channel.queue_declare("queue")

        with pytest.raises(NotImplementedError) as caught:
            operation(channel)

        assert named in str(caught.value)
        assert (connection.is_open, channel.is_open) == (False, False)

    def test_a_new_secret_is_named(self, connection):
        with pytest.raises(NotImplementedError, match=r"Connection\.UpdateSecret"):
            connection.update_secret("new", "rotation")

    def test_encryption_is_named(self, broker):
        parameters = pika.URLParameters("amqps://guest:guest@localhost/%2F")

        with pytest.raises(NotImplementedError, match="TLS"):
            broker.connect(parameters)
