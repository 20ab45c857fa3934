"""The errors with which the broker closes a channel or a connection (AMQP 0-9-1, section 1.2).

The codes are those of RabbitMQ, and so is the beginning of each text; what follows may be shorter.
"""

_NAMES = {
    320: "CONNECTION_FORCED",
    403: "ACCESS_REFUSED",
    404: "NOT_FOUND",
    405: "RESOURCE_LOCKED",
    406: "PRECONDITION_FAILED",
    503: "COMMAND_INVALID",
    504: "CHANNEL_ERROR",
    530: "NOT_ALLOWED",
    540: "NOT_IMPLEMENTED",
}
_LONGEST_TEXT = 255  # A short string of the protocol holds no more.


class ChannelFailure(Exception):
    """Close the channel on which the offending method came."""

    def __init__(self, code: int, explanation: str) -> None:
        super().__init__(code, explanation)
        self.code = code
        text = f"{_NAMES[code]} - {explanation}".encode()
        self.reply_text = text[:_LONGEST_TEXT].decode(errors="ignore")


class ConnectionFailure(ChannelFailure):
    """Close the whole connection."""


def named(kind: str, name: str) -> str:
    """Return how the broker speaks of a queue or an exchange."""
    return f"{kind} '{name}' in vhost '/'"


def unsupported(what: str) -> NotImplementedError:
    """Return the error for what RabbitMQ can do and this broker cannot."""
    return NotImplementedError(f"The in-memory broker does not support {what}.")
