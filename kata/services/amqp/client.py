"""pika's blocking connection, which complains when a second thread uses it."""

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any

from pika.adapters import blocking_connection  # type: ignore[import-untyped]

from kata.services.amqp.errors import unsupported
from kata.services.amqp.transport import Dialer, Host

_THREAD_SAFE = "add_callback_threadsafe"


class ForeignThreadError(RuntimeError):
    """Raised when a connection or its channel is used in a thread that did not open it.

    pika's documentation forbids this, and pika does not notice: frames of two threads get mixed,
    and one thread takes the answer that the other waits for.
    """


def own_thread_only(kind: type) -> Callable[[type], type]:
    """Guard each public method of `kind`, for the decorated subclass, against other threads."""

    def guard(method: Any) -> Any:
        @functools.wraps(method)
        def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
            connection = getattr(self, "connection", self)
            connection.assert_own_thread(f"{kind.__name__}.{method.__name__}")
            return method(self, *args, **kwargs)

        return guarded

    def decorate(subclass: type) -> type:
        for name, method in inspect.getmembers(subclass, inspect.isfunction):
            if hasattr(kind, name) and not name.startswith("_") and name != _THREAD_SAFE:
                setattr(subclass, name, guard(method))
        return subclass

    return decorate


@own_thread_only(blocking_connection.BlockingChannel)
class BlockingChannel(blocking_connection.BlockingChannel):  # type: ignore[misc]
    """A `pika` channel for the thread that opened its connection."""


@own_thread_only(blocking_connection.BlockingConnection)
class BlockingConnection(blocking_connection.BlockingConnection):  # type: ignore[misc]
    """A `pika.BlockingConnection` to a broker in this process, for the thread that opens it."""

    def __init__(self, parameters: Any, host: Host) -> None:
        self._thread = threading.current_thread()
        super().__init__(parameters, _impl_class=Dialer(host))

    def channel(self, channel_number: int | None = None) -> Any:
        channel = super().channel(channel_number)
        # pika names the class of its channels in the code, and offers no setting for it.
        channel.__class__ = BlockingChannel
        return channel

    def update_secret(self, new_secret: str, reason: str) -> None:
        # Refused here, because pika cannot read the frame of this method that it writes.
        raise unsupported("Connection.UpdateSecret")

    def assert_own_thread(self, operation: str) -> None:
        """Raise ForeignThreadError unless this is the thread that opened the connection."""
        thread = threading.current_thread()
        if thread is not self._thread:
            raise ForeignThreadError(
                f"{operation} was called in the thread {thread.name!r}, but the thread "
                f"{self._thread.name!r} opened the connection. pika's connections are not "
                f"thread-safe: use one in each thread, or hand the call over with {_THREAD_SAFE}."
            )
