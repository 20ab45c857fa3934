"""The errors with which the broker closes a channel or a connection (AMQP 0-9-1, section 1.2)."""

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
        self.explanation = explanation


class ConnectionFailure(ChannelFailure):
    """Close the whole connection."""


def reply_text(code: int, explanation: str) -> str:
    """Return what the client reads: the name of the code and an explanation that fits a frame."""
    text = f"{_NAMES[code]} - {explanation}".encode()
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 3] + b"..."
    return text.decode(errors="ignore")


def named(kind: str, name: str) -> str:
    """Return how the broker speaks of a queue or an exchange."""
    return f"{kind} '{name}' in vhost '/'"


def not_found(kind: str, name: str) -> ChannelFailure:
    """Return the error for a queue or an exchange that is not there."""
    return ChannelFailure(404, f"no {named(kind, name)}")


def inequivalent(argument: str, kind: str, name: str, comparison: str) -> ChannelFailure:
    """Return the error for a declaration that differs from what is there."""
    return ChannelFailure(
        406, f"inequivalent arg '{argument}' for {named(kind, name)}: {comparison}"
    )
