"""Redis for one test at a time: embedded by default, or a database of a running server.

with service() as redis_service:  # or service("redis://127.0.0.1:6379")
    redis_service.client().set("greeting", "Hello")
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from kata.services.redis.embedded import EmbeddedRedis
from kata.services.redis.real import RealRedis
from kata.services.redis.service import RedisService

__all__ = ["RedisService", "service"]


@contextmanager
def service(url: str | None = None) -> Iterator[RedisService]:
    """Yield an embedded Redis or, with a URL, an empty database of the server there.

    Raises:
        redis.ConnectionError: no server answers at the URL.
        LookupError: every database of the server is in use.
        ValueError: the URL is not one of plain TCP.
    """
    with closing(RealRedis(url) if url else EmbeddedRedis()) as opened:
        yield opened
