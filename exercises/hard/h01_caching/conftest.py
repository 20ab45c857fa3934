"""The surroundings of h01: workers of the shop, and what they send to the database."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, local
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, event


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
                    barrier.wait(3)
            return answer

        client.execute_command = execute_and_meet
        workers += [make_worker(client)] * 5

    def ask(path):
        paths = [f"{path}{'&' if '?' in path else '?'}utm_source={n}" for n in range(10)]
        with ThreadPoolExecutor(10) as threads:
            return list(threads.map(lambda *each: get(each[0], worker=each[1]), paths, workers))

    return ask
