"""What h01 asks for, step by step. The workers and their database are in conftest.py."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, suppress
from threading import Barrier, BrokenBarrierError, get_ident, local

import pytest

ADA, BOB = {"Authorization": "Bearer ada-7f3a"}, {"Authorization": "Bearer bob-91c2"}
ALL, TEA, COFFEE = "/products", "/products?category=tea", "/products?category=coffee"
HERBS, RECOMMENDED = "/products?category=herbs", "/me/recommendations"
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


def stock(folder, *products):
    """Insert products, each a name and a category, and one review of Assam into the database."""
    with closing(sqlite3.connect(folder / "shop.db")) as db, db:
        db.executemany("INSERT INTO product (name, category) VALUES (?, ?)", products)
        db.execute("INSERT INTO review (product_id, stars) VALUES (1, 5)")


def change(worker):
    """Turn the first tea into a coffee."""
    return worker.test_client().put("/products/1", json={"name": "Arabica", "category": "coffee"})


def names(response):
    """Return the names of the products in a list, or the status of an error."""
    found = response.json if response.status_code == 200 else None
    return response.status_code if found is None else [product["name"] for product in found]


class TestStep1FromTheCache:
    def test_a_second_request_to_any_worker_sends_no_statement(self, get, worker, make_worker):
        other = make_worker()
        assert names(get(ALL)) == EVERYTHING
        found = [get(ALL, worker=each) for each in (worker, other)]
        assert [(names(second), second.statements) for second in found] == [(EVERYTHING, [])] * 2


class TestStep2WhatIsKeptAndForWhom:
    @pytest.mark.parametrize("path", PAGES)
    def test_each_page_is_kept_for_a_minute(self, get, redis_service, path):
        first, second = get(path), get(path)
        assert (second.json, second.statements) == (first.json, [])
        redis_service.advance(60)
        assert get(path).statements != []

    @pytest.mark.parametrize("category", ["None", "", "1", "all"])
    def test_each_category_has_a_list_of_its_own(self, get, category):
        assert {get(path).status_code for path in (ALL, "/products/1")} == {200}
        lists = [names(get(path)) for path in (TEA, f"/products?category={category}")]
        assert lists == [TEAS, 404]

    @pytest.mark.parametrize("path", [f"{TEA}&", "/products/1?", f"{RECOMMENDED}?"])
    def test_what_the_view_does_not_read_makes_no_difference(self, get, path):
        first = get(path)
        second = get(f"{path}utm_source=mail", ADA if RECOMMENDED in path else BOB)
        assert (second.json, second.statements) == (first.json, [])

    def test_recommendations_are_for_one_customer_alone(self, get):
        found = [get(RECOMMENDED, headers) for headers in (ADA, BOB, {}, ADA)]
        assert [response.status_code for response in found] == [200, 200, 401, 200]
        assert [found[n].json["for"] for n in (0, 1, 3)] == ["ada", "bob", "ada"]

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
        assert get("/products/1").status_code == 200
        visitor = worker.test_client()
        visitor.get("/products/1")
        assert visitor.get_cookie("visitor"), "The page came from the cache, without a cookie."


class TestStep3AWriteIsSeenAtOnce:
    def test_the_lists_and_the_page_show_the_change(self, get, worker):
        lists = (ALL, TEA, COFFEE)
        assert [get(path).status_code for path in (*lists, "/products/1")] == [200] * 4
        changed = change(worker)
        after = [names(get(path)) for path in lists]
        assert after == [["Arabica", "Darjeeling", "Mocha"], ["Darjeeling"], ["Arabica", "Mocha"]]
        assert get("/products/1").json == changed.json

    @pytest.mark.parametrize("path", [HERBS, "/products/3", RECOMMENDED])
    def test_all_other_entries_stay(self, get, worker, tmp_path, path):
        stock(tmp_path, ("Sage", "herbs"))
        kept, changed, after = get(path, BOB), change(worker), get(path, BOB)
        assert (changed.status_code, after.json, after.statements) == (200, kept.json, [])

    def test_a_read_just_before_the_commit_does_no_harm(self, get, worker, meanwhile):
        answers = meanwhile("UPDATE", ALL)
        assert (change(worker).status_code, len(answers)) == (200, 1)
        assert names(get(ALL))[0] == "Arabica", "The list read before the commit is still cached."


class TestStep4FewStatements:
    @pytest.mark.parametrize("path", [ALL, TEA, RECOMMENDED])
    def test_a_long_list_takes_at_most_three(self, get, tmp_path, path):
        stock(tmp_path, *[("Oolong", "tea")] * 20)
        response = get(path)
        products = response.json["products"] if path == RECOMMENDED else response.json
        assert [product["reviews"] for product in products[:3]] == [2, 0, 0]
        assert 0 < len(response.statements) <= 3


class TestStep5ACrowdAndNoCache:
    @pytest.fixture
    def crowd(self, make_worker, get, redis_service):
        """Return a function that requests a path ten times at once, from two workers."""
        barrier, mine, workers = Barrier(10), local(), []
        for client in (redis_service.client(), redis_service.client()):
            client.ping()  # Connect before the threads start.

            def execute_and_meet(*args, execute=client.execute_command, **options):
                answer = execute(*args, **options)
                mine.commands = getattr(mine, "commands", 0) + 1
                if mine.commands <= 4:  # Nobody acts on a look before all have looked.
                    with suppress(BrokenBarrierError):
                        barrier.wait(DEADLINE)
                return answer

            client.execute_command = execute_and_meet
            workers += [make_worker(client)] * 5

        def ask(path):
            with ThreadPoolExecutor(10) as threads:
                return list(threads.map(lambda worker: names(get(path, worker=worker)), workers))

        return ask

    def test_of_ten_requests_that_miss_one_computes(self, crowd, database):
        computing = set()
        database.hook = lambda statement: computing.add(get_ident())
        assert crowd(ALL) == [EVERYTHING] * 10
        assert len(computing) == 1, f"{len(computing)} of ten requests computed the answer."

    def test_ten_requests_for_nothing_are_all_answered(self, crowd):
        assert crowd(HERBS) == [404] * 10

    @pytest.mark.parametrize(
        ("path", "seconds", "expected"),
        [(COFFEE, 0, ["Mocha"]), (TEA, 60, TEAS)],
        ids=["another entry", "the same entry after a minute"],
    )
    def test_a_long_computation_holds_up_nobody_else(self, get, meanwhile, path, seconds, expected):
        answers = meanwhile("SELECT", path, seconds)
        assert (names(get(TEA)), answers) == (TEAS, [expected])

    def test_without_redis_every_page_is_answered(self, get, redis_service):
        kept = {path: get(path).json for path in PAGES}
        with redis_service.outage():
            assert {path: get(path).json for path in PAGES} == kept

    def test_redis_may_go_down_while_a_page_is_computed(self, get, database, redis_service):
        outages = [redis_service.outage()]
        with ExitStack() as stack:
            database.hook = lambda statement: outages and stack.enter_context(outages.pop())
            assert (names(get(TEA)), outages) == (TEAS, [])

    def test_without_redis_a_change_is_made(self, get, worker, redis_service):
        with redis_service.outage():
            assert (change(worker).status_code, names(get(TEA))) == (200, ["Darjeeling"])
