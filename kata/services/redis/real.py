"""A database of a running Redis, which the tests take only if nobody else uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from kata.services.proxy import Proxy
from kata.services.redis.service import RedisService

# A Redis has 16 databases unless it is told otherwise; the first is the one that people use.
DATABASES = range(1, 16)

# Held in the first, wherever the URL leads: which of the others is in use by a test, for so many seconds …
LEASE = "flask-katas:database:{}"
_LEASE_TIME = 60

# … and which hold what a test has left that was killed. Any other that is not empty is not ours.
_OURS = "flask-katas:databases"


class RealRedis(RedisService):
    """A database that is free, reached through a proxy that can be cut."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "redis":
            raise ValueError(f"{url} is no redis:// URL: only plain TCP can be cut for an outage.")
        self._main = _client(parts._replace(path="/0").geturl())
        self._number = self._take(_client(url).connection_pool.connection_kwargs.get("db", 0))
        self._database = _client(parts._replace(path=f"/{self._number}").geturl())
        self._database.flushdb()
        self._proxy = Proxy(parts.hostname or "localhost", parts.port or 6379)
        user, at, _ = parts.netloc.rpartition("@")
        place = f"{user}{at}{Proxy.host}:{self._proxy.port}"
        self._url = parts._replace(netloc=place, path=f"/{self._number}").geturl()
        self._clients: list[redis.Redis] = []

    @property
    def url(self) -> str:
        return self._url

    def client(self, **options: Any) -> redis.Redis:
        client = _client(self._url, **options)
        self._clients.append(client)
        return client

    @contextmanager
    def outage(self) -> Iterator[None]:
        self._proxy.cut()
        try:
            yield
        finally:
            self._proxy.mend()

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._proxy.close()
        self._database.flushdb()
        self._main.srem(_OURS, self._number)
        self._main.delete(LEASE.format(self._number))
        self._database.close()
        self._main.close()

    def _take(self, named: int) -> int:
        """Find a free database, not the one that the URL names, and hold it against other runs."""
        for number in DATABASES:
            lease = LEASE.format(number)
            if number == named or not self._main.set(lease, "held", nx=True, ex=_LEASE_TIME):
                continue
            empty = f"db{number}" not in self._main.info("keyspace")
            if empty or self._main.sismember(_OURS, str(number)):
                self._main.sadd(_OURS, number)
                return number
            self._main.delete(lease)
        raise LookupError(
            "Every database of this Redis holds something: the tests need one for themselves."
        )


def _client(url: str, **options: Any) -> redis.Redis:
    """Return a client that tries once; redis-py's own default tries eleven times."""
    return redis.Redis.from_url(url, **{"retry": Retry(NoBackoff(), 0), **options})
