"""The surroundings of h01: workers of the shop, and what they send to the database."""

from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, event


@pytest.fixture
def database():
    """Record the statements sent to the database, and call a hook before each of them."""
    seen = SimpleNamespace(statements=[], hook=lambda statement: None)

    def note(connection, cursor, statement, *others):
        seen.statements.append(statement)
        seen.hook(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def make_worker(exercise, redis_service, tmp_path):
    """Return a function that makes a worker with its own module, connections and client."""
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
