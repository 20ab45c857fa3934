"""The surroundings of h01: workers of the shop, and what they send to the database."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from threading import Barrier, BrokenBarrierError, local
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, event

ADA = {"Authorization": "Bearer ada-7f3a"}
DEADLINE = 3  # How many seconds to wait for something that should happen.


@pytest.fixture
def database():
    """Record the statements sent to the database; call a hook before each of them and each commit."""
    seen = SimpleNamespace(statements=[], hook=lambda statement: None)

    def note(connection, cursor, statement, *others):
        seen.statements.append(statement)
        seen.hook(statement)

    def note_commit(connection):
        seen.hook("COMMIT")

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", note_commit)
    yield seen
    event.remove(Engine, "commit", note_commit)
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def make_worker(exercise, another_worker, redis_service, tmp_path):
    """Return a function that makes a worker with its own module, connections and client."""
    made = []

    def make(redis=None):
        module = another_worker() if made else exercise
        app = module.create_app(f"sqlite:///{tmp_path}/shop.db", redis or redis_service.client())
        app.testing = True
        made.append((app, module.db))
        return app

    yield make
    for app, db in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def worker(make_worker, stock):
    """Return a worker of a shop that sells two teas and a coffee."""
    worker = make_worker()
    stock(("Assam", "tea"), ("Darjeeling", "tea"), ("Mocha", "coffee"))
    return worker


@pytest.fixture
def stock(tmp_path):
    """Return a function that stores products, each a name and a category, and one review."""

    def stock(*products, reviewed=1):
        with closing(sqlite3.connect(tmp_path / "shop.db")) as db, db:
            db.executemany("INSERT INTO product (name, category) VALUES (?, ?)", products)
            db.execute("INSERT INTO review (product_id, stars) VALUES (?, 5)", [reviewed])

    return stock


@pytest.fixture
def get(worker, database):
    """Return a function that sends a GET as Ada, a returning visitor, and records the statements.

    The response has the names of the products in a list, or the status, as ``names``.
    """

    def get(path, headers=ADA, worker=worker):
        client = worker.test_client()
        client.set_cookie("visitor", "ada")
        database.statements = []
        response = client.get(path, headers=headers)
        response.statements = database.statements
        found = response.json if response.status_code == 200 else response.status_code
        response.names = [each["name"] for each in found] if isinstance(found, list) else found
        return response

    return get


@pytest.fixture
def put(worker):
    """Return a function that turns the first tea into a coffee, or something else."""

    def put(category="coffee", name="Arabica", worker=worker, path="/products/1"):
        return worker.test_client().put(path, json={"name": name, "category": category})

    return put


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
                answers.append(request.result().names if request.done() else "No answer yet.")

        database.hook = hook
        return answers

    with ThreadPoolExecutor() as threads:
        yield ask_before


@pytest.fixture
def crowd(make_worker, get, redis_service):
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
        paths = [f"{path}{'&' if '?' in path else '?'}utm_source={n}" for n in range(10)]
        with ThreadPoolExecutor(10) as threads:
            return list(threads.map(lambda *each: get(each[0], worker=each[1]), paths, workers))

    return ask
