"""What h01 asks for, step by step."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from importlib.util import module_from_spec, spec_from_file_location
from threading import Barrier, BrokenBarrierError, get_ident, local
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

ADA, BOB = {"Authorization": "Bearer ada-7f3a"}, {"Authorization": "Bearer bob-91c2"}
ALL, TEA, COFFEE = "/products", "/products?category=tea", "/products?category=coffee"
HERBS, RECOMMENDED = "/products?category=herbs", "/me/recommendations"
PAGES = [ALL, TEA, "/products/1", RECOMMENDED]
TEAS, EVERYTHING = ["Assam", "Darjeeling"], ["Assam", "Darjeeling", "Mocha"]
DEADLINE = 3  # Seconds, after which something that should happen counts as not happening.


@pytest.fixture
def database():
    """Return the statements that reach the database, and a hook that runs before each."""
    seen = SimpleNamespace(statements=[], hook=lambda statement: None)

    def note(connection, cursor, statement, *others):
        seen.statements.append(statement)
        seen.hook(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def make_worker(exercise, redis_service, tmp_path):
    """Return a function that makes a worker: a module, connections and a client of its own."""
    made = []

    def make(redis=None):
        module = exercise
        if made:
            spec = spec_from_file_location(exercise.__name__, exercise.__file__)
            spec.loader.exec_module(module := module_from_spec(spec))
        app = module.create_app(f"sqlite:///{tmp_path}/shop.db", redis or redis_service.client())
        app.testing = True
        made.append((app, module.db))
        return app

    yield make
    for app, db in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def worker(make_worker, tmp_path):
    """Return a worker of a shop that sells two teas and a coffee."""
    worker = make_worker()
    stock(tmp_path, ("Assam", "tea"), ("Darjeeling", "tea"), ("Mocha", "coffee"))
    return worker


@pytest.fixture
def get(worker, database):
    """Return a function that asks as Ada, who has been here before, and notes the statements."""

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
    """Return a function: before the next statement of a kind, somebody asks another worker."""
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
    """Add products to the database itself, each a name and a category; and one review of Assam."""
    with closing(sqlite3.connect(folder / "shop.db")) as db, db:
        db.executemany("INSERT INTO product (name, category) VALUES (?, ?)", products)
        db.execute("INSERT INTO review (product_id, stars) VALUES (1, 5)")


def change(worker):
    """Make a coffee of the first tea."""
    return worker.test_client().put("/products/1", json={"name": "Arabica", "category": "coffee"})


def names(response):
    """Return the names of the products in a list, or else the status."""
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

    def test_what_the_view_does_not_read_makes_no_difference(self, get):
        first, second = get(TEA), get(f"{TEA}&utm_source=mail", BOB)
        assert (names(second), second.statements) == (names(first), [])

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
        visitors = [worker.test_client() for _ in range(2)]
        assert [visitor.get("/products/1").status_code for visitor in visitors] == [200, 200]

        first, second = (visitor.get_cookie("visitor") for visitor in visitors)
        assert first != second


class TestStep3AWriteIsSeenAtOnce:
    def test_the_lists_and_the_page_show_it(self, get, worker):
        lists = (ALL, TEA, COFFEE)
        assert [get(path).status_code for path in (*lists, "/products/1")] == [200] * 4

        changed = change(worker)
        after = [names(get(path)) for path in lists]
        assert after == [["Arabica", "Darjeeling", "Mocha"], ["Darjeeling"], ["Arabica", "Mocha"]]
        assert get("/products/1").json == changed.json

    @pytest.mark.parametrize("path", [HERBS, "/products/3", RECOMMENDED])
    def test_what_it_does_not_concern_stays(self, get, worker, tmp_path, path):
        stock(tmp_path, ("Sage", "herbs"))
        kept = get(path, BOB).json

        assert change(worker).status_code == 200
        after = get(path, BOB)
        assert (after.json, after.statements) == (kept, [])

    def test_who_reads_just_before_it_is_saved_does_no_harm(self, get, worker, meanwhile):
        answers = meanwhile("UPDATE", ALL)
        assert (change(worker).status_code, len(answers)) == (200, 1)
        assert names(get(ALL))[0] == "Arabica", "The cache holds what another worker read before."


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
        """Return a function that asks two workers, five times each and at once, for a path."""
        barrier, mine, workers = Barrier(10), local(), []
        for client in (redis_service.client(), redis_service.client()):
            client.ping()  # There is a connection before there are threads.

            def execute_and_meet(*args, execute=client.execute_command, **options):
                answer = execute(*args, **options)
                mine.commands = getattr(mine, "commands", 0) + 1
                if mine.commands <= 4:  # Whoever looks and then acts acts when all have looked.
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
        assert len(computing) == 1, f"{len(computing)} of the ten, on two workers, computed."

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

    def test_without_redis_a_change_is_made(self, get, worker, redis_service):
        with redis_service.outage():
            assert (change(worker).status_code, names(get(TEA))) == (200, ["Darjeeling"])
