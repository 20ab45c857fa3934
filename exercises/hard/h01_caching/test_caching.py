"""What h01 asks for, step by step. The workers and their database are in conftest.py."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from threading import get_ident
from urllib.parse import quote

import pytest
from redis.exceptions import ConnectionError, TimeoutError  # noqa: A004

ADA, BOB = {"Authorization": "Bearer ada-7f3a"}, {"Authorization": "Bearer bob-91c2"}
EVE = {"Authorization": "Bearer eve-0000"}
ALL, TEA, COFFEE = "/products", "/products?category=tea", "/products?category=coffee"
HERBS, TEAPOTS = "/products?category=herbs", "/products?category=teapots"
RECOMMENDED = "/me/recommendations"
PAGES = [ALL, TEA, "/products/1", RECOMMENDED]
TEAS, EVERYTHING = ["Assam", "Darjeeling"], ["Assam", "Darjeeling", "Mocha"]
DEADLINE = 3  # How many seconds to wait for something that should happen.


@pytest.fixture
def worker(make_worker, tmp_path):
    """Return a worker of a shop that sells two teas and a coffee."""
    worker = make_worker()
    stock(tmp_path, ("Assam", "tea"), ("Darjeeling", "tea"), ("Mocha", "coffee"))
    return worker


@pytest.fixture
def get(worker, database):
    """Return a function that sends a GET as Ada, a returning visitor, and records the statements."""

    def get(path, headers=ADA, worker=worker):
        client = worker.test_client()
        client.set_cookie("visitor", "ada")
        database.statements = []
        response = client.get(path, headers=headers)
        response.statements = database.statements
        return response

    return get


@pytest.fixture
def meanwhile(get, make_worker, database, redis_service):
    """Return a function that has another worker asked before the next statement of a kind."""
    other, answers = make_worker(), []

    def ask_before(kind, path, seconds=0):
        def hook(statement):
            if statement.startswith(kind):
                database.hook = lambda statement: None
                redis_service.advance(seconds)
                request = threads.submit(get, path, worker=other)
                wait([request], DEADLINE)
                answers.append(names(request.result()) if request.done() else "No answer yet.")

        database.hook = hook
        return answers

    with ThreadPoolExecutor() as threads:
        yield ask_before


def stock(folder, *products, reviewed=1):
    """Insert products, each a name and a category, and one review, of Assam, into the database."""
    with closing(sqlite3.connect(folder / "shop.db")) as db, db:
        db.executemany("INSERT INTO product (name, category) VALUES (?, ?)", products)
        db.execute("INSERT INTO review (product_id, stars) VALUES (?, 5)", [reviewed])


def change(worker, category="coffee"):
    """Turn the first tea into a coffee, or something else."""
    return worker.test_client().put("/products/1", json={"name": "Arabica", "category": category})


def names(response):
    """Return the names of the products in a list, or the status of an error."""
    found = response.json if response.status_code == 200 else None
    found = [found] if isinstance(found, dict) else found
    return response.status_code if found is None else [product["name"] for product in found]


class TestStep1FromTheCache:
    def test_a_second_request_to_any_worker_sends_no_statement(self, get, worker, make_worker):
        assert names(get(ALL)) == EVERYTHING
        other = make_worker()
        found = [get(ALL, worker=each) for each in (worker, other)]
        assert [(names(second), second.statements) for second in found] == [(EVERYTHING, [])] * 2


class TestStep2WhatIsKeptAndForWhom:
    @pytest.mark.parametrize("path", PAGES)
    def test_each_page_is_kept_for_a_minute(self, get, redis_service, path, caplog):
        first = get(path)
        for seconds in (0, 55):
            redis_service.advance(seconds)
            later = get(path)
            note = [record.exc_info[1] for record in caplog.records if record.exc_info]
            note = f"After {seconds} seconds. Flask-Caching caught {note}."
            assert (later.json, later.statements) == (first.json, []), note
        redis_service.advance(5)
        assert get(path).statements != [], "The answer is still kept after 60 seconds."

    @pytest.mark.parametrize("category", ["None", "", "1", "all", "TEA", "tea+"])
    def test_each_category_has_a_list_of_its_own(self, get, category):
        assert {get(path).status_code for path in (ALL, "/products/1")} == {200}
        lists = [names(get(path)) for path in (TEA, f"/products?category={category}")]
        assert lists == [TEAS, 404]

    def test_no_category_has_the_key_of_something_else(self, get, redis_service):
        assert {get(path).status_code for path in PAGES} == {200}
        for key in [key.decode(errors="replace") for key in redis_service.client().scan_iter()]:
            for category in {key[n:] for n in range(len(key))} - {"tea", "coffee"}:
                found = names(get(f"/products?category={quote(category)}"))
                assert found == 404, f"The category {category!r} got the answer of {key!r}."

    @pytest.mark.parametrize("path", [f"{TEA}&", "/products/1?", f"{RECOMMENDED}?"])
    def test_what_the_view_does_not_read_makes_no_difference(self, get, path):
        first = get(path)
        second = get(f"{path}utm_source=mail", ADA if RECOMMENDED in path else BOB)
        assert (second.json, second.statements) == (first.json, [])

    def test_recommendations_are_for_one_customer_alone(self, get):
        found = [get(RECOMMENDED, headers) for headers in (ADA, BOB, {}, EVE, ADA)]
        assert [response.status_code for response in found] == [200, 200, 401, 401, 200]
        assert [found[n].json["for"] for n in (0, 1, 4)] == ["ada", "bob", "ada"]

    @pytest.mark.parametrize("path", [HERBS, "/products/4"])
    def test_an_error_is_not_kept(self, get, tmp_path, path):
        missing = get(path)
        stock(tmp_path, ("Sage", "herbs"))
        assert (missing.status_code, get(path).status_code) == (404, 200)

    def test_no_visitor_gets_the_cookie_of_another(self, worker):
        first, second = worker.test_client(), worker.test_client()
        assert [each.get("/products/1").status_code for each in (first, second)] == [200, 200]
        assert first.get_cookie("visitor") != second.get_cookie("visitor")

    def test_a_new_visitor_gets_a_cookie_with_a_page_that_is_kept(self, get, worker):
        returning = [get("/products/1").headers.get("Set-Cookie") for _ in range(2)]
        assert returning == [None, None], "A visitor who has a cookie got another."
        visitor = worker.test_client()
        visitor.get("/products/1")
        assert visitor.get_cookie("visitor"), "The page came from the cache, without a cookie."


class TestStep3AWriteIsSeenAtOnce:
    @pytest.mark.parametrize("category", ["coffee", "tea", "crème & sugar"])
    def test_the_lists_and_the_page_show_the_change(
        self, get, worker, make_worker, redis_service, tmp_path, category
    ):
        stock(tmp_path, ("Sencha", category))
        moved, left = f"/products?category={quote(category)}", "Darjeeling"
        firsts = {TEA: left, moved: "Arabica", ALL: "Arabica"}  # If it stays, it leaves no list.
        page, workers = "/products/1", (worker, make_worker())
        for path in (*firsts, page):
            assert [get(path, worker=each).status_code for each in workers] == [200, 200]
        changed = change(worker, category)
        for each in workers:
            assert {path: names(get(path, worker=each))[0] for path in firsts} == firsts
            assert get(page, worker=each).json == changed.json
        redis_service.advance(60)
        assert get(page).statements != [], "The page is still kept after 60 seconds."

    @pytest.mark.parametrize("path", [HERBS, TEAPOTS, "/products/11", RECOMMENDED])
    def test_all_other_entries_stay(self, get, worker, tmp_path, path):
        stock(tmp_path, *[("Sage", "herbs")] * 8, ("Pot", "teapots"))
        kept, changed, after = get(path, BOB), change(worker), get(path, BOB)
        assert (changed.status_code, after.json, after.statements) == (200, kept.json, [])

    @pytest.mark.parametrize("path", [ALL, TEA, COFFEE, "/products/1"])
    def test_a_read_just_before_the_commit_does_no_harm(
        self, get, worker, meanwhile, redis_service, path
    ):
        answers = meanwhile("COMMIT", path)
        assert (change(worker).status_code, len(answers)) == (200, 1)
        after = get(path).json
        redis_service.client().flushdb()
        assert after == get(path).json, "What was read before the commit is still cached."


class TestStep4FewStatements:
    @pytest.mark.parametrize(
        ("path", "first"),
        [(ALL, {1: 2, 2: 0, 3: 0}), (TEA, {1: 2, 2: 0, 4: 0}), (RECOMMENDED, {1: 2, 23: 1, 2: 0})],
    )
    def test_a_long_list_takes_at_most_three(self, get, tmp_path, path, first):
        stock(tmp_path, *[("Oolong", "tea")] * 20)
        stock(tmp_path, reviewed=23)
        response = get(path)
        products = response.json["products"] if path == RECOMMENDED else response.json
        assert [(product["id"], product["reviews"]) for product in products[:3]] == list(
            first.items()
        )
        assert 0 < len(response.statements) <= 3


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

    @pytest.mark.parametrize(
        ("path", "seconds", "expected"),
        [(COFFEE, 0, ["Mocha"]), (TEA, 60, TEAS)],
        ids=["another entry", "the same entry after a minute"],
    )
    def test_a_long_computation_holds_up_nobody_else(self, get, meanwhile, path, seconds, expected):
        answers = meanwhile("SELECT", path, seconds)
        assert (names(get(TEA)), answers) == (TEAS, [expected])

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
    def test_without_redis_a_change_is_made(self, get, make_worker, worker, redis_service, error):
        def fail(*args, **options):
            raise error("Redis does not answer.")

        client = redis_service.client()
        client.execute_command = fail
        other = make_worker(client)
        assert (change(other).status_code, names(get(TEA, worker=other))) == (200, ["Darjeeling"])
