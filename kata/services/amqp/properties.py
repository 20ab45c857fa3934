"""What an exchange or a queue was declared with, and when a second declaration is the same."""

from dataclasses import dataclass, fields
from typing import Any

from kata.services.amqp.errors import ChannelFailure, ConnectionFailure, named, unsupported

LONGEST_TTL = 315_360_000_000  # Ten years, in milliseconds: RabbitMQ takes no more.

_NUMBERS = {"x-message-ttl": "ttl", "x-max-length": "max_length"}
_TEXTS = {
    "x-dead-letter-exchange": "dead_letter_exchange",
    "x-dead-letter-routing-key": "dead_letter_routing_key",
}
_EXCHANGE_TYPES = ("direct", "fanout", "topic")


@dataclass(frozen=True)
class ExchangeProperties:
    """How messages leave an exchange, and whether it survives a restart."""

    type: str
    durable: bool = True


@dataclass(frozen=True)
class QueueProperties:
    """What a queue does with its messages; times are in milliseconds."""

    durable: bool
    auto_delete: bool
    ttl: int | None = None
    max_length: int | None = None
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None


Properties = ExchangeProperties | QueueProperties


def exchange_properties(method: Any) -> ExchangeProperties:
    """Return what an Exchange.Declare asks for, or raise what it may not ask for."""
    for wanted, what in (
        (method.type == "headers", "headers exchanges"),
        (method.auto_delete, "auto-delete exchanges"),
        (method.internal, "internal exchanges"),
    ):
        if wanted:
            raise unsupported(what)
    refuse_arguments(method)
    if method.type not in _EXCHANGE_TYPES:
        raise ConnectionFailure(503, f"unknown exchange type '{method.type}'")
    return ExchangeProperties(method.type, method.durable)


def queue_properties(method: Any) -> QueueProperties:
    """Return what a Queue.Declare asks for, or raise what it may not ask for."""
    asked: dict[str, Any] = {}
    for argument, value in (method.arguments or {}).items():
        if argument in _NUMBERS:
            is_valid = type(value) is not bool and isinstance(value, int) and value >= 0
            if argument == "x-message-ttl":
                is_valid = is_valid and value <= LONGEST_TTL
        elif argument in _TEXTS:
            is_valid = isinstance(value, str)
        elif (argument, value) == ("x-queue-type", "classic"):
            continue
        else:
            raise unsupported(f"the queue argument {argument}={value!r}")
        if not is_valid:
            raise _invalid(method.queue, argument, repr(value))
        asked[(_NUMBERS | _TEXTS)[argument]] = value
    if "dead_letter_routing_key" in asked and "dead_letter_exchange" not in asked:
        raise _invalid(method.queue, "x-dead-letter-routing-key", "routing_key_but_no_dlx_defined")
    # The end of its connection is the end of an exclusive queue, so that none is durable.
    return QueueProperties(method.durable and not method.exclusive, method.auto_delete, **asked)


def assert_same(kind: str, name: str, received: Properties, current: Properties) -> None:
    """Raise 406 unless something that is declared again is what was made at first."""
    arguments = {attribute: argument for argument, attribute in (_NUMBERS | _TEXTS).items()}
    for attribute in (field.name for field in fields(received)):
        new, old = (getattr(properties, attribute) for properties in (received, current))
        if new != old:
            texts = [str(value).lower() for value in (new, old)]
            raise ChannelFailure(
                406,
                f"inequivalent arg '{arguments.get(attribute, attribute)}' for "
                f"{named(kind, name)}: received '{texts[0]}' but current is '{texts[1]}'",
            )


def refuse_arguments(method: Any) -> None:
    """Raise NotImplementedError if a method has arguments: this broker knows those of queues only."""
    for name, value in (method.arguments or {}).items():
        raise unsupported(f"{name}={value!r} in {method.NAME}")


def _invalid(queue: str, argument: str, problem: str) -> ChannelFailure:
    return ChannelFailure(406, f"invalid arg '{argument}' for {named('queue', queue)}: {problem}")
