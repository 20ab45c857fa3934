"""The optional arguments of a queue: which there are, what they may be, when two are the same."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pika.compat import long  # type: ignore[import-untyped]

from kata.services.amqp.errors import ChannelFailure, inequivalent, named

LONGEST_TTL = 315_360_000_000  # Ten years, in milliseconds: RabbitMQ takes no more.

# In the order in which RabbitMQ looks at them, which shows when two are wrong.
_KNOWN = (
    "x-message-ttl",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-max-length",
    "x-queue-type",
)
_WIRE_TYPES: tuple[tuple[type, str], ...] = (
    (str, "longstr"),
    (bytes, "binary"),
    (bool, "bool"),
    (long, "long"),
    (int, "signedint"),
    (Decimal, "decimal"),
    (datetime, "timestamp"),
    (dict, "table"),
    (list, "array"),
)


@dataclass(frozen=True)
class QueueArguments:
    """What a queue's arguments ask for; times are in milliseconds."""

    ttl: int | None = None
    max_length: int | None = None
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None


def refuse_unknown(arguments: dict[str, Any]) -> None:
    """Raise NotImplementedError for an argument that this broker does not know."""
    for name, value in arguments.items():
        if name not in _KNOWN or (name == "x-queue-type" and value in ("quorum", "stream")):
            raise NotImplementedError(
                f"The in-memory broker does not support the queue argument {name}={value!r}."
            )


def parse(queue: str, arguments: dict[str, Any]) -> QueueArguments:
    """Check the arguments of a new queue, and return what they ask for."""
    for name in _KNOWN:
        if name in arguments and (problem := _problem(queue, name, arguments)):
            raise ChannelFailure(406, problem)
    return QueueArguments(
        arguments.get("x-message-ttl"),
        arguments.get("x-max-length"),
        arguments.get("x-dead-letter-exchange"),
        arguments.get("x-dead-letter-routing-key"),
    )


def compare(queue: str, received: dict[str, Any], current: dict[str, Any]) -> None:
    """Raise 406 unless a queue that is declared again has the arguments that it was made with."""
    for name in _KNOWN:
        default = "classic" if name == "x-queue-type" else ...
        if received.get(name, default) == current.get(name, default):
            continue
        mine, theirs = (table.get(name, ...) for table in (received, current))
        if type(mine) is type(theirs) or (isinstance(mine, int) and isinstance(theirs, int)):
            comparison = f"received '{mine}' but current is '{theirs}'"
        else:
            comparison = f"received {_described(mine)} but current is {_described(theirs)}"
        raise inequivalent(name, "queue", queue, comparison)


def _problem(queue: str, name: str, arguments: dict[str, Any]) -> str | None:
    value = arguments[name]
    invalid = f"invalid arg '{name}' for {named('queue', queue)}: "
    if name in ("x-message-ttl", "x-max-length"):
        if isinstance(value, bool) or not isinstance(value, int):
            return f'{invalid}"expected integer, got {_wire_type(value)}"'
        if value < 0:
            return f"{invalid}{{value_negative,{int(value)}}}"
        if name == "x-message-ttl" and value > LONGEST_TTL:
            return f"{invalid}{{value_too_large,{int(value)}}}"
    elif name == "x-queue-type" and value != "classic":
        return f"{invalid}\"unsupported queue type '{value}'\""
    elif name == "x-dead-letter-exchange" and not isinstance(value, str):
        return f"invalid type '{_wire_type(value)}' for arg '{name}' in {named('queue', queue)}"
    elif name == "x-dead-letter-routing-key" and not isinstance(value, str):
        return f"{invalid}{{unacceptable_type,{_wire_type(value)}}}"
    elif name == "x-dead-letter-routing-key" and "x-dead-letter-exchange" not in arguments:
        return f"{invalid}routing_key_but_no_dlx_defined"
    return None


def _described(value: Any) -> str:
    if value is ...:
        return "none"
    text = "undefined" if value is None else value
    if isinstance(value, bool):
        text = str(value).lower()
    return f"the value '{text}' of type '{_wire_type(value)}'"


def _wire_type(value: Any) -> str:
    return next((name for kind, name in _WIRE_TYPES if isinstance(value, kind)), "void")
