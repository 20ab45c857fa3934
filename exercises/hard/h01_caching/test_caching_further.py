"""What h01 asks for further on. The workers and their database are in conftest.py."""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from threading import Event, get_ident

import pytest
from redis.exceptions import ConnectionError, TimeoutError  # noqa: A004

ALL, TEA, COFFEE = "/products", "/products?category=tea", "/products?category=coffee"
HERBS = "/products?category=herbs"
PAGES = [ALL, TEA, "/products/1", "/me/recommendations"]
TEAS = ["Assam", "Darjeeling"]
DEADLINE = 3  # How many seconds to wait for something that should happen.


@pytest.mark.time_limit(30)
class TestStep5ACrowdAndNoCache:
    @pytest.mark.parametrize("path", PAGES)
    def test_of_ten_requests_that_miss_one_computes(
        self, crowd, get, database, redis_service, path
    ):
        expected, computing = get(path).json, set()
        redis_service.client().flushdb()
        database.hook = lambda statement: computing.add(get_ident())
        assert [response.json for response in crowd(path)] == [expected] * 10
        assert len(computing) == 1, f"{len(computing)} of ten requests computed the answer."

    def test_ten_requests_for_nothing_are_all_answered(self, crowd):
        assert [response.status_code for response in crowd(HERBS)] == [404] * 10

    def test_whoever_waits_for_a_slow_worker_gets_its_answer(self, get, make_worker, database):
        other, requests, computing = make_worker(), [], set()

        def hook(statement):
            computing.add(get_ident())
            if not requests:
                requests.extend(threads.submit(get, TEA, worker=other) for _ in range(2))
                wait(requests, 0.7)  # Nobody is done before; who is has given up.

        database.hook = hook
        with ThreadPoolExecutor() as threads:
            assert get(TEA).names == TEAS
        assert [request.result().names for request in requests] == [TEAS, TEAS]
        assert len(computing) == 1, f"{len(computing)} of three requests computed the answer."

    @pytest.mark.parametrize(
        ("path", "seconds", "expected"),
        [(COFFEE, 0, ["Mocha"]), (TEA, 60, TEAS)],
        ids=["another entry", "the same entry after a minute"],
    )
    def test_a_long_computation_holds_up_nobody_else(self, get, meanwhile, path, seconds, expected):
        answers = meanwhile("SELECT", path, seconds)
        assert (get(TEA).names, answers) == (TEAS, [expected])

    def test_who_finishes_late_leaves_the_lock_to_the_next(
        self, get, make_worker, database, redis_service
    ):
        other, redis, late, begun = make_worker(), redis_service.client(), Event(), Event()
        locks, requests = set(), []

        def compute_too_long(statement):
            database.hook = compute_next
            redis_service.advance(60)
            requests.append(threads.submit(get, TEA, worker=other))
            begun.wait(DEADLINE)

        def compute_next(statement):
            database.hook = lambda statement: None
            locks.update(redis.keys())
            begun.set()
            late.wait(DEADLINE)

        database.hook = compute_too_long
        with ThreadPoolExecutor() as threads:
            found, kept = get(TEA).names, set(redis.keys())
            late.set()
        assert [found, *(request.result().names for request in requests)] == [TEAS, TEAS]
        assert locks, "The next worker computes without a lock."
        assert locks <= kept, "The lock of the next worker is gone while it computes."

    def test_without_redis_every_page_is_answered(self, get, worker, make_worker, redis_service):
        kept = {path: get(path).json for path in PAGES}
        with redis_service.outage():
            for each in (worker, make_worker()):  # One that runs, and one that starts now.
                assert {path: get(path, worker=each).json for path in PAGES} == kept

    @pytest.mark.parametrize("path", PAGES)
    def test_redis_may_go_down_while_a_page_is_computed(self, get, database, redis_service, path):
        expected, outages = get(path).json, [redis_service.outage()]
        redis_service.client().flushdb()
        with ExitStack() as stack:
            database.hook = lambda statement: outages and stack.enter_context(outages.pop())
            assert (get(path).json, outages) == (expected, [])

    @pytest.mark.parametrize("error", [ConnectionError, TimeoutError])
    def test_without_redis_a_change_is_made(self, get, make_worker, put, redis_service, error):
        def fail(*args, **options):
            raise error("Redis does not answer.")

        client = redis_service.client()
        client.execute_command = fail
        other = make_worker(client)
        changed, teas = put(worker=other), get(TEA, worker=other)
        assert (changed.status_code, teas.names) == (200, ["Darjeeling"])
