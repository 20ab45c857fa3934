"""What m08 asks for, step by step."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

ADA = {"username": "ada", "email": "ada@example.org"}
GRACE = {"username": "grace", "email": "grace@example.org"}
BOTH = ["email", "username"]
NASTY = "  Ada  & <b>Z</b>\n100% \u00e9 e\u0301 "
HOSTILE = [
    "O'Brien",
    "x' OR '1'='1",
    "ada@example.org",
    "'); DROP TABLE user; --",
    "a_a",
    "ADA",
    "%",
    ':x "y" \\',
    " ada ",
    NASTY,
]


@pytest.fixture
def make_app(exercise, tmp_path):
    """Return a function that makes an application on a database file, and close them at the end."""
    made = []

    def make(name="users", module=exercise):
        app = module.create_app(f"sqlite:///{tmp_path / name}.db")
        app.testing = True
        made.append((app, module.db))
        return app

    yield make
    for app, db in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def second_process(another_worker):
    """Return a second copy of the module, with its own global variables, as in another process."""
    return another_worker()


@pytest.fixture
def app(make_app):
    """Return an application on an empty database."""
    return make_app()


@pytest.fixture
def client(app):
    """Return a client of the application."""
    return app.test_client()


@pytest.fixture
def count(exercise, app):
    """Return a function that counts the users in the database."""

    def count_users():
        with app.app_context():
            return exercise.db.session.scalar(select(func.count(exercise.User.id)))

    return count_users


@pytest.fixture
def meeting():
    """Make two threads wait for each other before they insert, so that neither sees the other's row."""
    barrier = Barrier(2)

    def wait(connection, cursor, statement, *others):
        if statement.lstrip().upper().startswith("INSERT"):
            with suppress(BrokenBarrierError):  # One request may have been kept waiting.
                barrier.wait(timeout=3)

    event.listen(Engine, "before_cursor_execute", wait)
    yield
    event.remove(Engine, "before_cursor_execute", wait)


def post(client, user):
    return client.post("/users", json=user)


def refusal(response):
    """Return the status, and the JSON with its lists sorted."""
    body = response.json if response.is_json else {}
    return response.status_code, {
        key: sorted(value) if isinstance(value, list) else value for key, value in body.items()
    }


class TestStep1AModelItsTableAndARow:
    def test_a_stored_user_comes_back_with_an_id(self, client):
        assert client.post("/users", json=ADA).json == {"id": 1, **ADA}
        assert client.post("/users", json=GRACE).json == {"id": 2, **GRACE}

    def test_each_user_is_found_by_id(self, client):
        client.post("/users", json=ADA)
        client.post("/users", json=GRACE)
        assert client.get("/users/2").json == {"id": 2, **GRACE}
        assert client.get("/users/1").json == {"id": 1, **ADA}

    def test_a_user_outlives_the_application(self, client, make_app, second_process):
        client.post("/users", json=ADA)

        for app in make_app(), make_app(module=second_process):
            assert app.test_client().get("/users/1").json == {"id": 1, **ADA}

    def test_two_databases_share_nothing(self, make_app):
        first, second = make_app("first").test_client(), make_app("second").test_client()
        first.post("/users", json=ADA)
        second.post("/users", json=GRACE)

        users = first.get("/users/1").json, second.get("/users/1").json
        assert users == ({"id": 1, **ADA}, {"id": 1, **GRACE})

    @pytest.mark.parametrize("column", ["username", "email"])
    @pytest.mark.parametrize("value", ["twice", None], ids=["twice", "NULL"])
    def test_a_column_takes_no_value_twice_and_no_null(self, exercise, app, column, value):
        rows = [ADA | {column: "twice"}, GRACE | {column: value}]

        with app.app_context(), pytest.raises(IntegrityError):
            exercise.db.session.execute(insert(exercise.User), rows)

    @pytest.mark.parametrize("value", HOSTILE)
    def test_a_username_is_stored_as_it_was_typed(self, client, value):
        client.post("/users", json=ADA)
        user = {"username": value, "email": "new@example.org"}

        assert client.post("/users", json=user).json == {"id": 2, **user}
        assert client.get("/users/2").json == {"id": 2, **user}


class TestStep2AnswersThatTellWhatHappened:
    def test_storing_answers_201_with_the_location_of_the_user(self, client):
        client.post("/users", json=ADA)
        response = client.post("/users", json=GRACE)
        assert (response.status_code, response.json) == (201, {"id": 2, **GRACE})
        assert urlsplit(response.location or "").path == "/users/2"

    def test_the_location_has_the_prefix_of_the_application(self, client):
        response = client.post("/users", json=ADA, base_url="http://localhost/shop")

        assert urlsplit(response.location or "").path == "/shop/users/1"

    def test_deleting_answers_204_and_deletes_for_good(self, client, make_app, count):
        client.post("/users", json=ADA)
        client.post("/users", json=GRACE)

        response = client.delete("/users/1")
        assert (response.status_code, response.data, count()) == (204, b"", 1)
        assert make_app().test_client().get("/users/2").json == {"id": 2, **GRACE}

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_a_user_who_does_not_exist_is_not_found(self, client, method):
        client.post("/users", json=ADA)
        assert client.get("/users/1").status_code == 200
        client.delete("/users/1")

        for number in (1, 2):
            assert client.open(f"/users/{number}", method=method).status_code == 404


class TestStep3WhatIsTaken:
    @pytest.mark.parametrize(
        ("user", "taken"),
        [
            (ADA | {"email": "new@example.org"}, ["username"]),
            (ADA | {"username": "new"}, ["email"]),
            (ADA, BOTH),
            (ADA | {"email": "grace@example.org"}, BOTH),
        ],
        ids=["username", "email", "both by one user", "both by two users"],
    )
    def test_a_duplicate_gets_409_with_all_that_is_taken(self, client, count, user, taken):
        client.post("/users", json=ADA)
        client.post("/users", json=GRACE)

        assert refusal(client.post("/users", json=user)) == (409, {"taken": taken})
        assert count() == 2

    @pytest.mark.parametrize("value", HOSTILE)
    def test_a_username_is_equal_only_to_the_same_text(self, client, value):
        client.post("/users", json=ADA)
        client.post("/users", json={"username": "aba", "email": "x@example.org"})
        client.post("/users", json={"username": value, "email": "y@example.org"})

        again = client.post("/users", json={"username": value, "email": "new@example.org"})
        email = client.post("/users", json={"username": f"{value}{value}", "email": ADA["email"]})

        assert refusal(again) == (409, {"taken": ["username"]})
        assert refusal(email) == (409, {"taken": ["email"]})

    def test_what_a_deleted_user_had_is_free_again(self, client, count):
        client.post("/users", json=ADA)
        assert client.delete("/users/1").status_code == 204

        assert (client.post("/users", json=ADA).status_code, count()) == (201, 1)

    def test_the_next_request_after_a_duplicate_works(self, client, count):
        client.post("/users", json=ADA)
        client.post("/users", json=ADA)
        response = client.post("/users", json=GRACE)
        assert (response.status_code, count()) == (201, 2)

    @pytest.mark.parametrize(
        "taken", [BOTH, ["username"], ["email"]], ids=["both", "username", "email"]
    )
    def test_of_two_at_the_same_moment_one_is_stored(
        self, client, make_app, second_process, count, meeting, taken
    ):
        clients = [client, make_app(module=second_process).test_client()]
        users = [ADA, GRACE | {name: ADA[name] for name in taken}]

        with ThreadPoolExecutor(2) as threads:
            responses = list(threads.map(post, clients, users))
        stored, refused = sorted(responses, key=lambda response: response.status_code)
        assert (stored.status_code, *refusal(refused)) == (201, 409, {"taken": taken})
        assert count() == 1

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE TRIGGER closed BEFORE INSERT ON {} BEGIN SELECT RAISE(ABORT, 'no'); END",
            "DROP TABLE {}",
        ],
        ids=["IntegrityError", "OperationalError"],
    )
    def test_any_other_failure_stays_a_500(self, exercise, app, client, sql):
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert client.post("/users", json=ADA).status_code == 201
        with app.app_context():
            exercise.db.session.execute(text(sql.format(exercise.User.__table__)))
            exercise.db.session.commit()

        assert client.post("/users", json=GRACE).status_code == 500
