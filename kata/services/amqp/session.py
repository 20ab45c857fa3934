"""The broker's side of a connection: bytes in, frames to the channels, frames out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from pika import frame, spec  # type: ignore[import-untyped]

from kata.services.amqp.channel import Channel
from kata.services.amqp.errors import ChannelFailure, ConnectionFailure, unsupported
from kata.services.amqp.topology import VirtualHost

_USERS = {"guest": "guest"}
_LARGEST_FRAME = 131_072
# pika tells a program of them. Bindings between exchanges are announced too, and refused by name when
# asked for: without the word a program would go another way than with RabbitMQ, in silence.
_CAPABILITIES = (
    "authentication_failure_close",
    "basic.nack",
    "consumer_cancel_notify",
    "exchange_exchange_bindings",
    "publisher_confirms",
)


class Stream(Protocol):
    """The client's end of the line."""

    def send(self, data: bytes) -> None: ...

    def lose(self) -> None: ...


@dataclass
class _Line:
    """A channel that is open, and the message that is arriving on it."""

    channel: Channel
    is_closing: bool = False
    method: Any = None
    properties: Any = None
    size: int = 0
    body: bytearray = field(default_factory=bytearray)


class Session:
    """Speak AMQP 0-9-1 with one client.

    Nothing here is thread-safe: the broker's lock guards it. `on_end` is called once, when the
    client is gone for whatever reason and what it held has been put back.
    """

    def __init__(
        self, virtual_host: VirtualHost, stream: Stream, on_end: Callable[["Session"], None]
    ) -> None:
        self._virtual_host = virtual_host
        self._stream = stream
        self._on_end = on_end
        self._buffer = b""
        self._lines: dict[int, _Line] = {}
        self._user = ""
        self._largest_frame = _LARGEST_FRAME
        self._is_over = False

    def receive(self, data: bytes) -> None:
        """Handle what the client sent.

        Raises:
            NotImplementedError: this broker does not support something; the session is over then.
        """
        self._virtual_host.expire()
        self._buffer += data
        for received in self._frames():
            try:
                self._handle(received)
            except ConnectionFailure as failure:
                self.close(failure)
            except ChannelFailure as failure:
                self._close_channel(received.channel_number, failure)
            except NotImplementedError as error:
                self.close(ConnectionFailure(540, str(error)))
                raise

    def close(self, failure: ConnectionFailure) -> None:
        """Close the connection from the broker's side."""
        self._send(0, spec.Connection.Close(failure.code, failure.reply_text, 0, 0))
        self.end()

    def drop(self) -> None:
        """Lose the connection without a word."""
        self._stream.lose()
        self.end()

    def end(self) -> None:
        """Put back what the client held."""
        if self._is_over:
            return
        self._is_over = True
        for line in self._lines.values():
            line.channel.close()
        self._virtual_host.forget_client(self)
        self._on_end(self)

    def _frames(self) -> Iterator[Any]:
        while True:
            size, received = frame.decode_frame(self._buffer)
            if received is None:
                return
            self._buffer = self._buffer[size:]
            yield received

    def _handle(self, received: Any) -> None:
        if self._is_over:
            return
        if isinstance(received, frame.ProtocolHeader):
            properties = {
                "product": "Flask Katas",
                "capabilities": dict.fromkeys(_CAPABILITIES, True),
            }
            self._send(0, spec.Connection.Start(0, 9, properties, "PLAIN", "en_US"))
        elif isinstance(received, frame.Heartbeat):
            self._stream.send(received.marshal())
        elif received.channel_number == 0:
            self._handle_connection(received.method)
        elif isinstance(received, frame.Method):
            self._handle_method(received.channel_number, received.method)
        elif line := self._lines.get(received.channel_number):
            self._handle_content(line, received)

    def _handle_connection(self, method: Any) -> None:
        if isinstance(method, spec.Connection.StartOk):
            _, user, password = _text(method.response).split("\0")
            if _USERS.get(user) != password:
                raise ConnectionFailure(403, "Login was refused.")
            self._user = user
            # Those of the client are answered, and none is missed: no network between the two
            # could fail in silence.
            self._send(0, spec.Connection.Tune(2047, _LARGEST_FRAME, 0))
        elif isinstance(method, spec.Connection.TuneOk):
            self._largest_frame = method.frame_max or _LARGEST_FRAME
        elif isinstance(method, spec.Connection.Open):
            if method.virtual_host != "/":
                raise ConnectionFailure(530, f"vhost {method.virtual_host} not found")
            self._send(0, spec.Connection.OpenOk())
        elif isinstance(method, spec.Connection.Close):
            self.end()
            self._stream.send(frame.Method(0, spec.Connection.CloseOk()).marshal())
        else:
            raise unsupported(method.NAME)

    def _handle_method(self, number: int, method: Any) -> None:
        line = self._lines.get(number)
        if isinstance(method, spec.Channel.Open):
            self._lines[number] = _Line(self._open_channel(number))
            self._send(number, spec.Channel.OpenOk())
        elif line is None:
            raise ConnectionFailure(504, "expected 'channel.open'")
        elif isinstance(method, spec.Channel.CloseOk):
            del self._lines[number]
        elif isinstance(method, spec.Channel.Close):
            if not line.is_closing:
                line.channel.close()
            del self._lines[number]
            self._send(number, spec.Channel.CloseOk())
        elif line.is_closing:
            return  # What was under way when the broker closed the channel is lost.
        elif isinstance(method, spec.Basic.Publish):
            line.method = method
        else:
            line.channel.handle(method)

    def _handle_content(self, line: _Line, received: Any) -> None:
        if isinstance(received, frame.Header):
            line.properties, line.size = received.properties, received.body_size
            line.body = bytearray()
        else:
            line.body += received.fragment
        if len(line.body) == line.size and not line.is_closing:
            line.channel.publish(line.method, line.properties, bytes(line.body))

    def _open_channel(self, number: int) -> Channel:
        def send(method: Any, properties: Any = None, body: bytes = b"") -> None:
            self._send(number, method, properties, body)

        return Channel(self, self._virtual_host, self._user, send)

    def _close_channel(self, number: int, failure: ChannelFailure) -> None:
        line = self._lines[number]
        line.is_closing = True
        self._send(number, spec.Channel.Close(failure.code, failure.reply_text, 0, 0))
        line.channel.close()

    def _send(self, number: int, method: Any, properties: Any = None, body: bytes = b"") -> None:
        if self._is_over:
            return
        frames = [frame.Method(number, method)]
        if properties is not None:
            frames.append(frame.Header(number, len(body), properties))
            room = self._largest_frame - spec.FRAME_HEADER_SIZE - spec.FRAME_END_SIZE
            frames += (
                frame.Body(number, body[start : start + room])
                for start in range(0, len(body), room)
            )
        self._stream.send(b"".join(part.marshal() for part in frames))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
