"""What a program may expect of RabbitMQ, real or in memory: queues."""

import pika
import pytest

from tests.contracts.rabbitmq.asking import counts, drain, failure


class TestQueues:
    def test_a_declaration_tells_name_and_counts(self, channel, name):
        frame = channel.queue_declare(name("queue"), durable=True)

        assert isinstance(frame, pika.frame.Method)
        assert frame.method == pika.spec.Queue.DeclareOk(name("queue"), 0, 0)

    def test_a_queue_may_be_declared_twice(self, channel, queue, fill):
        fill(b"1", b"2")

        assert channel.queue_declare(queue, durable=True).method.message_count == 2

    @pytest.mark.parametrize(
        ("properties", "argument", "current"),
        [({"durable": False}, "durable", "true"), ({"auto_delete": True}, "auto_delete", "false")],
        ids=["durable", "auto-delete"],
    )
    def test_other_properties_close_the_channel(
        self, channel, queue, properties, argument, current
    ):
        received = {"true": "false", "false": "true"}[current]
        text = f"received '{received}' but current is '{current}'"

        code = failure(channel.queue_declare, queue, **({"durable": True} | properties))

        start = "PRECONDITION_FAILED - inequivalent arg"
        assert code == (406, f"{start} '{argument}' for queue '{queue}' in vhost '/': {text}")
        assert not channel.is_open

    @pytest.mark.parametrize(
        ("before", "after"),
        [(None, 10), (10, 20), (10, None)],
        ids=["added", "changed", "left out"],
    )
    def test_other_arguments_close_the_channel(self, channel, name, before, after):
        old, new = ({"x-message-ttl": ttl} if ttl else None for ttl in (before, after))
        channel.queue_declare(name("queue"), arguments=old)

        code, text = failure(channel.queue_declare, name("queue"), arguments=new)

        start = "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl'"
        assert code == 406
        assert text.startswith(f"{start} for queue '{name('queue')}' in vhost '/': received ")

    @pytest.mark.parametrize(
        "arguments",
        [
            {"x-message-ttl": -1},
            {"x-message-ttl": 315_360_000_001},
            {"x-message-ttl": "soon"},
            {"x-max-length": True},
            {"x-dead-letter-routing-key": "key"},
        ],
        ids=[
            "negative time",
            "ages",
            "time in words",
            "true as a length",
            "a key without exchange",
        ],
    )
    def test_wrong_arguments_close_the_channel(self, channel, name, arguments):
        (argument,) = arguments

        code, text = failure(channel.queue_declare, name("queue"), arguments=arguments)

        start = f"PRECONDITION_FAILED - invalid arg '{argument}'"
        assert code == 406
        assert text.startswith(f"{start} for queue '{name('queue')}' in vhost '/': ")

    def test_a_passive_declaration_finds_a_queue_whatever_its_properties(self, other, queue, fill):
        fill(b"1")

        found = other.queue_declare(queue, passive=True, durable=False, auto_delete=True)

        assert found.method.message_count == 1

    def test_a_passive_declaration_of_nothing_closes_the_channel(self, channel, name):
        code = failure(channel.queue_declare, name("queue"), passive=True)

        assert code == (404, f"NOT_FOUND - no queue '{name('queue')}' in vhost '/'")

    def test_the_broker_names_a_queue_without_a_name(self, channel):
        first, second = (channel.queue_declare("", exclusive=True).method.queue for _ in range(2))

        assert first.startswith("amq.gen-")
        assert first != second

    def test_names_with_the_prefix_of_the_broker_are_refused(self, channel):
        code, text = failure(channel.queue_declare, "amq.mine", exclusive=True)

        assert code == 403
        assert text == "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"

    def test_an_empty_name_stands_for_the_queue_declared_last(self, channel, queue):
        channel.basic_publish("", queue, b"1")

        assert channel.basic_get("", auto_ack=True)[2] == b"1"

    @pytest.mark.parametrize(
        ("act", "args"),
        [
            ("basic_get", []),
            ("queue_bind", ["amq.direct"]),
            ("queue_unbind", ["amq.direct"]),
            ("queue_delete", []),
            ("queue_purge", []),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_an_empty_name_stands_for_nothing_before_that(self, other, act, args):
        code = failure(getattr(other, act), "", *args)

        assert code == (404, "NOT_FOUND - no previously declared queue")

    def test_an_exclusive_queue_is_locked_for_other_connections(self, channel, connect, name):
        channel.queue_declare(name("mine"), exclusive=True)
        connection = connect()

        for act in ("queue_declare", "basic_get", "queue_purge", "queue_delete"):
            code, text = failure(getattr(connection.channel(), act), name("mine"))
            assert code == 405
            assert text.startswith("RESOURCE_LOCKED - cannot obtain exclusive access to locked")

    def test_an_exclusive_queue_goes_with_its_connection(self, connect, channel, name):
        owner = connect()
        owner.channel().queue_declare(name("mine"), exclusive=True)

        owner.close()

        assert failure(channel.queue_declare, name("mine"), passive=True)[0] == 404

    def test_another_connection_does_not_unbind_an_exclusive_queue(self, channel, other, name):
        channel.queue_declare(name("mine"), exclusive=True)
        channel.queue_bind(name("mine"), "amq.direct", name("key"))

        code = failure(other.queue_unbind, name("mine"), "amq.direct", name("key"))[0]

        channel.basic_publish("amq.direct", name("key"), b"1")
        assert (code, drain(channel, name("mine"))) == (405, [b"1"])

    def test_an_exclusive_queue_is_durable_in_name_only(self, channel, name):
        for durable in (False, True, False):
            channel.queue_declare(name("mine"), exclusive=True, durable=durable)

        assert counts(channel, name("mine")) == (0, 0)

    def test_a_queue_does_not_become_exclusive(self, channel, queue):
        assert failure(channel.queue_declare, queue, durable=True, exclusive=True)[0] == 405

    def test_an_auto_delete_queue_goes_with_its_last_consumer(self, channel, name):
        channel.queue_declare(name("brief"), exclusive=True, auto_delete=True)
        before = counts(channel, name("brief"))
        tags = [channel.basic_consume(name("brief"), print) for _ in range(2)]

        channel.basic_cancel(tags[0])
        between = counts(channel, name("brief"))
        channel.basic_cancel(tags[1])

        assert (before, between) == ((0, 0), (0, 1))
        assert failure(channel.queue_declare, name("brief"), passive=True)[0] == 404

    def test_a_purge_tells_how_many_messages_it_removed(self, channel, queue, fill):
        fill(b"1", b"2", b"3")
        channel.basic_get(queue)

        assert channel.queue_purge(queue).method.message_count == 2
        assert counts(channel, queue) == (0, 0)

    def test_a_deletion_tells_how_many_messages_went_with_it(self, channel, queue, fill):
        fill(b"1", b"2")

        assert channel.queue_delete(queue).method.message_count == 2
        assert channel.queue_delete(queue).method.message_count == 0

    def test_a_queue_in_use_is_not_deleted_if_unused(self, channel, other, queue):
        channel.basic_consume(queue, print)

        code = failure(other.queue_delete, queue, if_unused=True)

        assert code == (406, f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' in use")

    def test_a_queue_with_messages_is_not_deleted_if_empty(self, channel, queue, fill):
        fill(b"1")

        code = failure(channel.queue_delete, queue, if_empty=True)

        assert code == (406, f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty")

    def test_the_oldest_message_gives_way_to_one_too_many(self, channel, name):
        channel.queue_declare(name("short"), arguments={"x-max-length": 2})

        for body in (b"1", b"2", b"3"):
            channel.basic_publish("", name("short"), body)

        assert drain(channel, name("short")) == [b"2", b"3"]
