"""What a program may expect of Redis, whether it is the real one or fakeredis.

Each test runs with clients that the service makes and with clients made from its URL, so over TCP.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import LockNotOwnedError, ResponseError, WatchError
from redis.retry import Retry

from kata.services import redis as redis_fake
from kata.services.redis import RedisService, real

DEADLINE = 10  # Seconds, until something that should happen counts as not happening.
THREADS = 8

# On a real server, a channel belongs to no database: another run of the tests must not share it.
NEWS, SPORTS = f"news-{uuid.uuid4().hex}", f"sports-{uuid.uuid4().hex}"


@pytest.fixture(params=["fake", "real"])
def open_service(request, real_url) -> Callable[[], AbstractContextManager[RedisService]]:
    """Return a function that opens a Redis for one test."""
    url = real_url("redis", "KATA_REDIS_URL") if request.param == "real" else None
    return partial(redis_fake.service, url)


@pytest.fixture
def service(open_service) -> Iterator[RedisService]:
    with open_service() as service:
        yield service


@pytest.fixture(params=["client", "url"])
def connect(request, service) -> Iterator[Callable[..., Any]]:
    """Return a function that makes a client; what it made is closed at the end."""
    clients = []

    def make_client(**options: Any) -> Any:
        if request.param == "client":
            clients.append(service.client(**options))
        else:
            once = Retry(NoBackoff(), 0)
            clients.append(redis.Redis.from_url(service.url, retry=once, **options))
        return clients[-1]

    yield make_client
    for client in clients:
        client.close()


@pytest.fixture
def client(connect) -> Any:
    return connect()


@pytest.fixture
def text_client(connect) -> Any:
    """Return a client that answers with text instead of bytes."""
    return connect(decode_responses=True)


@pytest.fixture
def subscriber(text_client) -> Iterator[Any]:
    """Return a subscriber to the channel of news."""
    with text_client.pubsub() as subscriber:
        subscriber.subscribe(NEWS)
        next_message(subscriber)
        yield subscriber


@pytest.fixture
def at_once() -> Callable[[Callable[[], Any]], list[Any]]:
    """Return a function that calls another one in eight threads at once and lists the results."""

    def run(call: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(THREADS)
        results = []

        def wait_and_call() -> None:
            barrier.wait(DEADLINE)
            results.append(call())

        threads = [threading.Thread(target=wait_and_call) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE)
        return results

    return run


def wait_for(read: Callable[[], Any]) -> Any:
    """Return what `read` returns as soon as it is true."""
    deadline = time.monotonic() + DEADLINE
    while not (value := read()):
        assert time.monotonic() < deadline, "It did not happen in time."
    return value


def next_message(subscriber: Any) -> dict[str, Any]:
    return wait_for(lambda: subscriber.get_message(timeout=0.1))


class TestIsolation:
    def test_two_services_share_nothing(self, open_service, service, client):
        client.set("a", 1)

        with open_service() as other:
            assert other.client().keys() == []
            other.client().flushdb()

        assert client.get("a") == b"1"

    def test_the_next_service_is_empty(self, open_service):
        for _ in range(2):
            with open_service() as service:
                assert service.client().set("a", 1, nx=True)


class TestRunningServer:
    """The embedded server has no other users; a real one may have."""

    @pytest.fixture
    def url(self, real_url) -> str:
        return real_url("redis", "KATA_REDIS_URL")

    @pytest.fixture
    def database(self, url) -> Iterator[Callable[[int], Any]]:
        """Return a function that makes a client of the database of that number."""
        with ExitStack() as stack:

            def make_client(number: int) -> Any:
                there = urlsplit(url)._replace(path=f"/{number}").geturl()
                return stack.enter_context(redis.Redis.from_url(there))

            yield make_client

    @pytest.fixture
    def leases(self, url) -> Iterator[Any]:
        """Return a client of the database in which tests note which of the others they hold."""
        with redis.Redis.from_url(urlsplit(url)._replace(path="/0").geturl()) as client:
            yield client

    def test_it_is_left_as_it_was(self, monkeypatch, url, database, leases):
        monkeypatch.setattr(real, "DATABASES", [15])
        with redis_fake.service(url) as service:
            service.client().set("a", 1)
            held = leases.exists(real.LEASE.format(15)), database(15).dbsize()

        left = leases.exists(real.LEASE.format(15)), database(15).dbsize()
        assert (held, left) == ((1, 1), (0, 0))

    def test_a_database_with_something_in_it_is_not_taken(self, monkeypatch, url, database):
        monkeypatch.setattr(real, "DATABASES", [14])
        database(14).set("precious", 1)

        with pytest.raises(LookupError, match="Every database"), redis_fake.service(url):
            pass

        assert database(14).getdel("precious") == b"1"

    def test_a_database_is_held_whichever_one_the_url_names(self, monkeypatch, url):
        monkeypatch.setattr(real, "DATABASES", [12])
        other = urlsplit(url)._replace(path="/3").geturl()

        with redis_fake.service(url), pytest.raises(LookupError), redis_fake.service(other):
            pass

    def test_what_a_killed_test_left_is_cleared(self, monkeypatch, url, leases):
        monkeypatch.setattr(real, "DATABASES", [13])
        with closing(real.RealRedis(url)) as killed:
            killed.client().set("a", 1)
            leases.delete(real.LEASE.format(13))  # As it is when its time is over.

            with redis_fake.service(url) as service:
                assert service.client().keys() == []


class TestValues:
    def test_a_key_that_was_never_set_is_none(self, client):
        assert client.get("greeting") is None

    def test_a_value_is_bytes(self, client):
        assert (client.set("greeting", "Grüße"), client.get("greeting")) == (
            True,
            "Grüße".encode(),
        )

    def test_a_value_is_text_if_the_client_decodes(self, text_client):
        text_client.set("greeting", "Grüße")

        assert text_client.get("greeting") == "Grüße"

    @pytest.mark.parametrize("value", [b"", b"\x00\xff\r\n", b"x" * 100_000])
    def test_any_bytes_come_back_as_they_were(self, client, value):
        client.set("blob", value)

        assert client.get("blob") == value

    def test_numbers_come_back_as_their_text(self, client):
        client.mset({"int": 7, "float": 1.5})

        assert client.mget("int", "float", "none") == [b"7", b"1.5", None]

    def test_a_value_of_another_kind_is_refused_by_the_client(self, client):
        with pytest.raises(redis.DataError):
            client.set("flag", True)

    def test_clients_share_what_they_set(self, client, connect, service):
        client.set("greeting", "Hello")

        assert connect().get("greeting") == service.client().get("greeting") == b"Hello"

    def test_nx_sets_only_a_new_key(self, client):
        answers = client.set("lock", "one", nx=True), client.set("lock", "two", nx=True)

        assert (answers, client.get("lock")) == ((True, None), b"one")

    def test_xx_sets_only_a_known_key(self, client):
        answers = client.set("a", 1, xx=True), client.set("a", 1), client.set("a", 2, xx=True)

        assert answers == (None, True, True)

    def test_set_can_return_the_old_value(self, client):
        assert (client.set("a", 1, get=True), client.set("a", 2, get=True)) == (None, b"1")

    def test_getdel_takes_the_value_away(self, client):
        client.set("a", 1)

        assert (client.getdel("a"), client.get("a")) == (b"1", None)

    def test_delete_and_exists_count_the_keys_there_were(self, client):
        client.mset({"a": 1, "b": 2})

        assert (client.exists("a", "b", "c"), client.delete("a", "b", "c")) == (2, 2)
        assert client.exists("a") == 0

    def test_scan_finds_the_keys_of_a_pattern(self, text_client):
        text_client.mset({"user:1": 1, "user:2": 1, "order:1": 1})

        assert sorted(text_client.scan_iter("user:*")) == ["user:1", "user:2"]

    def test_flushing_leaves_no_keys(self, client):
        client.mset({"a": 1, "b": 2})
        before = client.dbsize()

        assert (before, client.flushdb(), client.dbsize()) == (2, True, 0)

    def test_a_command_for_another_type_is_an_error(self, client):
        client.rpush("queue", "a")

        with pytest.raises(ResponseError, match="WRONGTYPE"):
            client.get("queue")

    def test_a_connection_lives_on_after_an_error(self, client):
        with client.client() as connection:
            me = connection.client_id()
            with pytest.raises(ResponseError):
                connection.execute_command("NONSENSE")

            assert connection.client_id() == me

    def test_an_unknown_command_is_an_error(self, client):
        with pytest.raises(ResponseError, match="unknown command"):
            client.execute_command("NONSENSE")


class TestCounters:
    def test_incr_starts_at_one(self, client):
        assert (client.incr("hits"), client.incr("hits"), client.get("hits")) == (1, 2, b"2")

    def test_incr_and_decr_take_an_amount(self, client):
        assert (client.incr("stock", 5), client.decr("stock", 7)) == (5, -2)

    def test_incr_keeps_the_expiry(self, client):
        client.set("hits", 1, ex=100)
        client.incr("hits")

        assert 0 < client.ttl("hits") <= 100

    def test_incr_of_text_is_an_error(self, client):
        client.set("hits", "many")

        with pytest.raises(ResponseError, match="not an integer"):
            client.incr("hits")


class TestExpiry:
    def test_ttl_tells_no_expiry_from_no_key(self, client):
        client.set("a", 1)

        assert (client.ttl("a"), client.ttl("b"), client.pttl("a"), client.pttl("b")) == (
            -1,
            -2,
            -1,
            -2,
        )

    def test_ex_is_in_seconds_and_px_in_milliseconds(self, client):
        client.set("a", 1, ex=100)
        client.set("b", 1, px=100_000)

        assert all(98_000 < client.pttl(key) <= 100_000 for key in "ab")

    def test_set_without_an_expiry_takes_it_away(self, client):
        client.set("a", 1, ex=100)
        client.set("b", 1, ex=100)

        client.set("a", 2)
        client.set("b", 2, keepttl=True)

        assert (client.ttl("a"), client.ttl("b") > 0) == (-1, True)

    def test_expire_answers_whether_there_is_such_a_key(self, client):
        client.set("a", 1)

        assert (client.expire("a", 100), client.expire("b", 100)) == (True, False)
        assert 0 < client.ttl("a") <= 100

    def test_expire_nx_leaves_an_expiry_as_it_is(self, client):
        client.set("a", 1, ex=10)

        assert (client.expire("a", 100, nx=True), client.ttl("a") <= 10) == (False, True)

    def test_persist_takes_the_expiry_away(self, client):
        client.set("a", 1, ex=100)

        assert (client.persist("a"), client.ttl("a"), client.persist("a")) == (True, -1, False)

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_an_expiry_that_is_over_deletes(self, client, seconds):
        client.set("a", 1)

        assert (client.expire("a", seconds), client.exists("a")) == (True, 0)

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_set_refuses_an_expiry_that_is_over(self, client, seconds):
        with pytest.raises(ResponseError, match="invalid expire time"):
            client.set("a", 1, ex=seconds)

    def test_a_key_expires_by_itself(self, client):
        client.set("a", 1, px=1)

        assert wait_for(lambda: client.get("a") is None)

    def test_advance_lets_time_pass(self, client, service):
        client.set("soon", 1, ex=60)
        client.set("later", 1, ex=120)
        client.set("always", 1)

        service.advance(60)

        assert client.mget("soon", "later", "always") == [None, b"1", b"1"]
        assert 55 < client.ttl("later") <= 60


class TestHashes:
    def test_a_hash_is_read_whole_or_by_field(self, text_client):
        added = text_client.hset("user", mapping={"name": "Ada", "visits": 1})

        assert (added, text_client.hgetall("user")) == (2, {"name": "Ada", "visits": "1"})
        assert (text_client.hget("user", "name"), text_client.hget("user", "age")) == ("Ada", None)

    def test_a_hash_that_is_not_there_is_empty(self, client):
        assert (client.hgetall("user"), client.hlen("user")) == ({}, 0)

    def test_fields_count_and_are_set_once(self, client):
        counted = client.hincrby("user", "visits", 2), client.hincrby("user", "visits")
        once = client.hsetnx("user", "name", "Ada"), client.hsetnx("user", "name", "Grace")

        assert (counted, [bool(answer) for answer in once]) == ((2, 3), [True, False])


class TestLists:
    def test_a_list_is_a_queue(self, client):
        lengths = client.rpush("queue", "a", "b"), client.lpush("queue", "c")

        assert (lengths, client.llen("queue")) == ((2, 3), 3)
        assert client.lrange("queue", 0, -1) == [b"c", b"a", b"b"]
        assert (client.lpop("queue"), client.rpop("queue")) == (b"c", b"b")

    def test_a_list_that_is_not_there_is_empty(self, client):
        assert (client.llen("queue"), client.lpop("queue"), client.exists("queue")) == (0, None, 0)

    def test_brpop_takes_from_the_first_list_that_has_something(self, client):
        client.lpush("low", "a")

        assert list(client.brpop(["high", "low"], timeout=1)) == [b"low", b"a"]

    def test_brpop_gives_up_when_its_time_is_over(self, client):
        assert client.brpop("queue", timeout=0.01) is None

    def test_brpop_waits_for_another_client(self, client, connect):
        results = []
        waiting = threading.Thread(target=lambda: results.append(client.brpop("queue", timeout=9)))
        waiting.start()

        connect().lpush("queue", "a")
        waiting.join(DEADLINE)

        assert [list(result) for result in results] == [[b"queue", b"a"]]

    def test_brpop_takes_nothing_for_a_client_that_is_gone(self, client, service):
        name = f"waiter-{uuid.uuid4().hex}"
        with redis.Redis.from_url(service.url, client_name=name) as waiter:
            connection = waiter.connection_pool.get_connection()
            connection.send_command("BRPOP", "queue", 10 * DEADLINE)

            connection.disconnect()
            wait_for(lambda: name not in {each["name"] for each in client.client_list()})
            client.lpush("queue", "a")

        assert client.lrange("queue", 0, -1) == [b"a"]


class TestSets:
    def test_a_set_holds_each_member_once(self, client):
        assert (client.sadd("tags", "a", "b"), client.sadd("tags", "a", "c")) == (2, 1)
        assert client.smembers("tags") == {b"a", b"b", b"c"}

    def test_a_sorted_set_forgets_what_is_below_a_score(self, client):
        client.zadd("hits", {"a": 1, "b": 2, "c": 3})

        assert (client.zremrangebyscore("hits", 0, 2), client.zcard("hits")) == (2, 1)
        assert [tuple(pair) for pair in client.zrange("hits", 0, -1, withscores=True)] == [
            (b"c", 3.0)
        ]


class TestPipelines:
    @pytest.mark.parametrize("transaction", [True, False])
    def test_answers_come_in_order(self, client, transaction):
        pipeline = client.pipeline(transaction=transaction)

        pipeline.set("a", 1).incr("a").expire("a", 100).get("a").get("b")

        assert pipeline.execute() == [True, 2, True, b"2", None]

    def test_nothing_happens_before_execute(self, client, connect):
        with client.pipeline() as pipeline:
            pipeline.set("a", 1)

            assert connect().get("a") is None

    def test_an_error_stops_none_of_the_other_commands(self, client):
        client.set("text", "a")
        pipeline = client.pipeline().incr("text").incr("hits")

        answers = pipeline.execute(raise_on_error=False)

        assert (type(answers[0]), answers[1], client.get("hits")) == (ResponseError, 1, b"1")

    def test_an_error_is_raised_and_says_of_which_command(self, client):
        client.set("text", "a")

        with pytest.raises(ResponseError, match=r"Command # 2 .*not an integer"):
            client.pipeline().get("text").incr("text").execute()

    def test_a_watched_key_that_changed_undoes_the_transaction(self, client, connect):
        with client.pipeline() as pipeline:
            pipeline.watch("stock")
            connect().set("stock", 1)
            pipeline.multi()
            pipeline.set("stock", 2)

            with pytest.raises(WatchError):
                pipeline.execute()

        assert client.get("stock") == b"1"

    def test_a_watched_key_that_stayed_lets_the_transaction_happen(self, client):
        with client.pipeline() as pipeline:
            pipeline.watch("stock")
            known = pipeline.get("stock")
            pipeline.multi()
            pipeline.set("stock", 2)

            assert (known, pipeline.execute(), client.get("stock")) == (None, [True], b"2")


class TestScripts:
    def test_a_script_runs_as_one_command(self, client):
        script = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")

        assert (script(keys=["hits"], args=[2]), script(keys=["hits"], args=[3])) == (2, 5)

    def test_a_lock_has_one_owner(self, connect):
        one, two = (connect().lock("lock", timeout=100, blocking=False) for _ in range(2))

        assert (one.acquire(), two.acquire(), one.owned(), two.owned()) == (
            True,
            False,
            True,
            False,
        )
        one.release()
        assert two.acquire()

    def test_a_lock_that_ran_out_is_not_released(self, connect, service):
        one, two = (connect().lock("lock", timeout=100, blocking=False) for _ in range(2))
        one.acquire()
        service.advance(100)
        two.acquire()

        with pytest.raises(LockNotOwnedError):
            one.release()
        assert two.owned()


class TestMessages:
    def test_a_subscriber_gets_what_is_published(self, subscriber, connect):
        receivers = connect().publish(NEWS, "Hello")

        message = {"type": "message", "pattern": None, "channel": NEWS, "data": "Hello"}
        assert (receivers, next_message(subscriber)) == (1, message)

    def test_nobody_gets_what_is_published_elsewhere(self, subscriber, connect):
        publisher = connect()

        assert (publisher.publish(SPORTS, "1:0"), publisher.publish(NEWS, "Hello")) == (0, 1)
        assert next_message(subscriber)["data"] == "Hello"

    def test_every_subscriber_gets_a_message(self, subscriber, connect):
        with connect().pubsub(ignore_subscribe_messages=True) as other:
            other.psubscribe(f"{NEWS[:-1]}*")
            wait_for(lambda: connect().publish(NEWS, "Hello") == 2)

            assert next_message(subscriber)["data"] == "Hello"
            assert next_message(other) == {
                "type": "pmessage", "pattern": f"{NEWS[:-1]}*".encode(), "channel": NEWS.encode(), "data": b"Hello"
            }  # fmt: skip

    def test_a_message_is_not_kept(self, connect):
        assert connect().publish(NEWS, "Hello") == 0

    def test_listening_waits_for_another_client(self, subscriber, connect):
        received = []
        listening = threading.Thread(target=lambda: received.append(next(subscriber.listen())))
        listening.start()

        connect().publish(NEWS, "Hello")
        listening.join(DEADLINE)

        assert [message["data"] for message in received] == ["Hello"]

    def test_who_has_unsubscribed_gets_nothing(self, subscriber, connect):
        subscriber.unsubscribe(NEWS)
        farewell = next_message(subscriber)["type"]

        assert (farewell, connect().publish(NEWS, "Hello")) == ("unsubscribe", 0)


class TestConcurrency:
    def test_incr_loses_nothing(self, connect, at_once):
        def count() -> None:
            client = connect()
            for _ in range(50):
                client.incr("hits")

        at_once(count)

        assert connect().get("hits") == b"400"

    def test_threads_may_share_a_client(self, client, at_once):
        assert sorted(at_once(lambda: client.incr("hits"))) == list(range(1, THREADS + 1))

    def test_set_nx_has_one_winner(self, connect, at_once):
        answers = at_once(lambda: connect().set("lock", 1, nx=True, ex=100))

        assert sorted(answers, key=bool) == [None] * (THREADS - 1) + [True]

    def test_a_transaction_that_is_repeated_loses_nothing(self, connect, at_once):
        def count() -> None:
            def add(pipeline: Any) -> None:
                hits = int(pipeline.get("hits") or 0)
                pipeline.multi()
                pipeline.set("hits", hits + 1)

            connect().transaction(add, "hits")

        at_once(count)

        assert connect().get("hits") == b"%d" % THREADS

    def test_one_client_takes_each_item(self, connect, at_once):
        connect().rpush("queue", *range(THREADS))

        assert sorted(map(int, at_once(lambda: connect().lpop("queue")))) == list(range(THREADS))


class TestOutage:
    def test_every_client_fails(self, client, connect, service):
        client.set("a", 1)

        with service.outage():
            for each in (client, connect()):
                with pytest.raises(redis.ConnectionError):
                    each.get("a")
                with pytest.raises(redis.ConnectionError):
                    each.ping()

    def test_a_pipeline_fails_whole(self, client, service):
        pipeline = client.pipeline().set("a", 1).set("b", 2)

        with service.outage(), pytest.raises(redis.ConnectionError):
            pipeline.execute()
        assert client.exists("a", "b") == 0

    def test_a_subscriber_fails(self, subscriber, service):
        with service.outage(), pytest.raises(redis.ConnectionError):
            next_message(subscriber)

    def test_it_is_over_when_it_is_over(self, client, connect, service):
        client.set("a", 1)

        for _ in range(2):
            with service.outage(), pytest.raises(redis.ConnectionError):
                client.set("a", 2)

            assert (client.get("a"), connect().get("a")) == (b"1", b"1")

    def test_it_ends_with_an_error_too(self, client, service):
        with pytest.raises(ZeroDivisionError), service.outage():
            _ = 1 / 0

        assert client.ping()

    def test_a_client_that_waited_when_it_began_takes_nothing_afterwards(
        self, client, connect, service
    ):
        waits = threading.Event()
        waiting = threading.Thread(target=_take_from_the_queue, args=(connect(), waits))
        client.lpush("queue", "a")
        waiting.start()
        assert waits.wait(DEADLINE)
        with service.outage():
            waiting.join(DEADLINE)

        client.lpush("queue", "b")

        assert client.lrange("queue", 0, -1) == [b"b"]


def _take_from_the_queue(client: Any, waits: threading.Event) -> None:
    """Take what is in the queue, then wait for more until the connection is lost."""
    client.brpop("queue", timeout=DEADLINE)
    waits.set()
    try:
        client.brpop("queue", timeout=DEADLINE)
    except redis.ConnectionError:
        return
