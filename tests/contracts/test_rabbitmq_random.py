"""Random programs do the same to the RabbitMQ in memory as to a real one.

Each program runs on both, step by step. After each step both must have answered the same, and the
real one must come to what the other shows at once: the counts of the queues, and what each channel
received. So a difference shows at the step that makes it.

KATA_EXAMPLES=2000 tries so many programs, new ones each time, in place of a few that stay the same,
and makes one that fails smaller, which takes minutes: each attempt waits for the real one in vain.
"""

import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import pika
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from kata.services.amqp import Broker

DEADLINE = 5  # Seconds for a real broker to come to its final state.
EXAMPLES = os.environ.get("KATA_EXAMPLES")

# Each queue has channels of its own, and the dead letters of each go to one other. Where two queues
# act on a third at the same time, or on one channel, a real broker may do either first.
ARGUMENTS = {
    "a": [{}, {"x-max-length": 2, "to": "b"}, {"to": "b"}],
    "b": [{}, {"x-message-ttl": 0, "to": "c"}, {"x-max-length": 1}],
    "c": [{}, {"x-max-length": 1, "to": "a"}],
}
CHANNELS = [queue for queue in ARGUMENTS for _ in range(2)]

Step = tuple[Any, ...]
picks = st.sampled_from([*[0, 0, 0, 1, 2] * 4, None])  # One of the messages held; a wrong tag.
yes_or_no = st.booleans()
KINDS: dict[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {  # How often, and with what.
    "nothing": (1, ()),  # What a failing program is made smaller with.
    "declare": (1, (st.integers(0, 2),)),
    "publish": (7, (st.sampled_from([None, None, None, "0", "60000"]),)),
    "get": (4, (st.sampled_from([False, False, True]),)),
    "ack": (2, (picks, yes_or_no)),
    "nack": (4, (picks, yes_or_no, yes_or_no)),
    "reject": (2, (picks, yes_or_no)),
    "purge": (1, ()),
    "delete": (1, (yes_or_no, yes_or_no)),
    "qos": (1, (st.integers(0, 2), yes_or_no)),
    "consume": (3, (st.sampled_from([False, False, False, True]),)),
    "cancel": (1, (st.integers(0, 3),)),
    "recover": (1, ()),
    "close_channel": (1, ()),
}
steps = st.sampled_from([kind for kind, (often, _) in KINDS.items() for _ in range(often)]).flatmap(
    lambda kind: st.tuples(st.just(kind), st.integers(0, len(CHANNELS) - 1), *KINDS[kind][1])
)
# The second variants make a circle of dead letters, a → b → c → a, so that they come more often.
beginnings = st.tuples(*[st.sampled_from([0, 1, 1, 2])] * len(ARGUMENTS)).map(
    lambda variants: [("declare", 2 * i, variant) for i, variant in enumerate(variants)]
)
programs = st.builds(list.__add__, beginnings, st.lists(steps, min_size=20, max_size=40))


class Side:
    """A broker, real or not, and a program's connection to it."""

    def __init__(self, dial: Callable[[], Any], prefix: str) -> None:
        self.connection = dial()
        self.prefix = prefix
        self.channels = [self.open() for _ in CHANNELS]
        self.received: list[list[Any]] = [[] for _ in CHANNELS]
        self.held: list[list[int]] = [[] for _ in CHANNELS]
        self.there: set[str] = set()
        self.published = self.consumers = 0

    def name(self, queue: str) -> str:
        return f"{self.prefix}.{queue}"

    def open(self) -> Any:
        channel = self.connection.channel()
        channel.confirm_delivery()
        return channel

    def reopen(self, number: int) -> None:
        self.channels[number] = self.open()
        self.held[number].clear()

    def close(self) -> None:
        channel = self.connection.channel()
        for queue in ARGUMENTS:
            channel.queue_delete(self.name(queue))
        self.connection.close()

    def take(self, step: Step) -> Any:
        """Carry out a step, and return what the program notices of it."""
        kind, number, *rest = step
        answer: Any
        try:
            answer = getattr(self, kind)(self.channels[number], number, *rest)
            # This has an answer: then the broker has done what has none, or closed the channel.
            self.channels[number].exchange_declare("amq.direct", passive=True)
        except ChannelClosedByBroker as error:
            self.reopen(number)
            answer = error.reply_code
        return answer

    def state(self, number: int) -> Any:
        """Return what there is to see of the broker, once its queues have heard of that channel."""
        counts = {}
        for queue in sorted(self.there):
            declared = self.channels[number].queue_declare(self.name(queue), passive=True).method
            counts[queue] = (declared.message_count, declared.consumer_count)
        self.connection.process_data_events(time_limit=0)
        return counts, [list(received) for received in self.received]

    def nothing(self, channel: Any, number: int) -> None:
        pass

    def declare(self, channel: Any, number: int, variant: int) -> Any:
        variants = ARGUMENTS[CHANNELS[number]]
        arguments: dict[str, Any] = dict(variants[variant % len(variants)])
        if target := arguments.pop("to", None):
            arguments["x-dead-letter-exchange"] = ""
            arguments["x-dead-letter-routing-key"] = self.name(target)
        declared = channel.queue_declare(self.name(CHANNELS[number]), arguments=arguments).method
        self.there.add(CHANNELS[number])
        return declared.message_count, declared.consumer_count

    def publish(self, channel: Any, number: int, expiration: str | None) -> Any:
        self.published += 1
        body = str(self.published).encode()
        properties = pika.BasicProperties(expiration=expiration)
        queue = self.name(CHANNELS[number])
        try:
            channel.basic_publish("", queue, body, properties, mandatory=True)
        except UnroutableError as error:
            return repr(error)
        return "confirmed"

    def get(self, channel: Any, number: int, auto_ack: bool) -> Any:
        delivery, properties, body = channel.basic_get(self.name(CHANNELS[number]), auto_ack)
        if delivery is None:
            return None
        return delivery.message_count, self.seen(number, delivery, properties, body, auto_ack)

    def ack(self, channel: Any, number: int, pick: int | None, multiple: bool) -> None:
        if (tag := self.let_go(number, pick, multiple)) is not None:
            channel.basic_ack(tag, multiple)

    def nack(
        self, channel: Any, number: int, pick: int | None, multiple: bool, requeue: bool
    ) -> None:
        if (tag := self.let_go(number, pick, multiple)) is not None:
            channel.basic_nack(tag, multiple, requeue)

    def reject(self, channel: Any, number: int, pick: int | None, requeue: bool) -> None:
        if (tag := self.let_go(number, pick, False)) is not None:
            channel.basic_reject(tag, requeue)

    def purge(self, channel: Any, number: int) -> int:
        return channel.queue_purge(self.name(CHANNELS[number])).method.message_count

    def delete(self, channel: Any, number: int, if_unused: bool, if_empty: bool) -> int:
        queue = self.name(CHANNELS[number])
        deleted = channel.queue_delete(queue, if_unused=if_unused, if_empty=if_empty)
        self.there.discard(CHANNELS[number])
        return deleted.method.message_count

    def qos(self, channel: Any, number: int, count: int, shared: bool) -> None:
        channel.basic_qos(prefetch_count=count, global_qos=shared)

    def consume(self, channel: Any, number: int, auto_ack: bool) -> None:
        def receive(_: Any, delivery: Any, properties: Any, body: bytes) -> None:
            received = self.seen(number, delivery, properties, body, auto_ack)
            self.received[number].append(received)

        self.consumers += 1
        queue, tag = self.name(CHANNELS[number]), str(self.consumers)
        channel.basic_consume(queue, receive, auto_ack=auto_ack, consumer_tag=tag)

    def cancel(self, channel: Any, number: int, position: int) -> list[Any]:
        tags = sorted(channel.consumer_tags)
        return channel.basic_cancel(tags[position % len(tags)]) if tags else []

    def recover(self, channel: Any, number: int) -> None:
        channel.basic_recover(requeue=True)
        self.held[number].clear()

    def close_channel(self, channel: Any, number: int) -> None:
        channel.close()
        self.reopen(number)

    def let_go(self, number: int, pick: int | None, multiple: bool) -> int | None:
        """Return the tag of a message that the channel holds, if any; or one that is wrong."""
        held = self.held[number]
        if pick is None:
            return 99
        if not held:
            return 0 if multiple else None
        tag = held[pick % len(held)]
        self.held[number] = [each for each in held if each > tag or (each < tag and not multiple)]
        return tag

    def seen(self, number: int, delivery: Any, properties: Any, body: bytes, auto_ack: bool) -> Any:
        """Return what a message looks like, and remember that the channel holds it."""
        if not auto_ack:
            self.held[number].append(delivery.delivery_tag)
        deaths = [
            (death["queue"], death["reason"], death["count"], death["routing-keys"])
            for death in (properties.headers or {}).get("x-death", [])
        ]
        # The last death comes first. RabbitMQ 3.10 turns the order of the others around each time.
        deaths[1:] = sorted(deaths[1:])
        seen = (
            getattr(delivery, "consumer_tag", None),
            delivery.delivery_tag,
            delivery.redelivered,
            delivery.routing_key,
            body,
            properties.expiration,
            deaths,
        )
        return repr(seen).replace(self.prefix, "")


def assert_the_same(program: list[Step], fake: Side, real: Side) -> None:
    """Run a program on both sides; fail at the first step after which they differ."""
    for number, step in enumerate(program):
        note(f"{number}: {step}")
        assert (fake.take(step), number) == (real.take(step), number)
        channel = step[1]
        expected = fake.state(channel)
        deadline = time.monotonic() + DEADLINE
        while (actual := real.state(channel)) != expected and time.monotonic() < deadline:
            real.connection.process_data_events(time_limit=0.001)
        assert (expected, number) == (actual, number)


@pytest.fixture
def dial(real_url) -> Callable[[], Any]:
    """Return a function that connects to the real broker."""
    url = real_url("amqp", "KATA_AMQP_URL")
    return lambda: pika.BlockingConnection(pika.URLParameters(url))


@settings(
    max_examples=int(EXAMPLES or 30),
    phases=[Phase.generate, Phase.shrink] if EXAMPLES else [Phase.generate],
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
@given(program=programs)
def test_random_programs_do_the_same(dial, program):
    prefix = f"kata-{uuid.uuid4().hex}"
    fake = Side(Broker().connect, prefix)
    real = Side(dial, prefix)
    try:
        assert_the_same(program, fake, real)
    finally:
        for side in (fake, real):
            if side.connection.is_open:
                side.close()
