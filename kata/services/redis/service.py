"""What a test may ask of its Redis, whether it is the embedded one or a real one."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, closing
from typing import Any

import redis


class RedisService(ABC):
    """A Redis that belongs to one test and is empty when the test starts."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address over TCP, for a library that makes its own connections."""

    @abstractmethod
    def client(self, **options: Any) -> redis.Redis:
        """Return a new client; the options are those of `redis.Redis`, save where to connect.

        It tries each command once, so that an outage costs a test no time. A client made from `url`
        does as its library does: that of redis-py tries eleven times, for some four seconds.
        """

    @abstractmethod
    def outage(self) -> AbstractContextManager[None]:
        """Be gone while the block runs: every command raises `redis.ConnectionError`.

        Connections are lost and new ones refused. The data are there again afterwards.
        """

    def advance(self, seconds: float) -> None:
        """Let so much time pass for every key that expires. No clock is touched."""
        with closing(self.client()) as client:
            for key in client.scan_iter():
                left = client.pttl(key)
                if left >= 0:
                    # A time to live that is not positive deletes the key.
                    client.pexpire(key, left - round(seconds * 1000))

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind: no connection, no thread, no key."""
