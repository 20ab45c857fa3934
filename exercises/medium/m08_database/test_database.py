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
BOTH = {"username", "email"}
HOSTILE = ["O'Brien", "x' OR '1'='1", "'); DROP TABLE user; --", "a_a", "%", ':x "y" \\', " ada "]

hostile = pytest.mark.parametrize("value", HOSTILE)


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


def refusal(response, key):
    """Return the status, and the names that the JSON lists under a key."""
    body = response.json if response.is_json else {}
    return response.status_code, set(body.get(key, ()))


class TestStep1AModelItsTableAndARow:
    def test_a_stored_user_comes_back_with_an_id(self, client):
        assert client.post("/users", json=ADA).json == {"id": 1, **ADA}

    def test_each_user_is_found_by_id(self, client):
        client.post("/users", json=ADA)
        client.post("/users", json=GRACE)
        assert client.get("/users/2").json == {"id": 2, **GRACE}

    def test_a_user_outlives_the_application(self, client, make_app):
        client.post("/users", json=ADA)
        assert make_app().test_client().get("/users/1").json == {"id": 1, **ADA}

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


class TestStep2AnswersThatTellWhatHappened:
    def test_storing_answers_201_with_the_location_of_the_user(self, client):
        client.post("/users", json=ADA)
        response = client.post("/users", json=GRACE)
        assert (response.status_code, urlsplit(response.location or "").path) == (201, "/users/2")

    def test_deleting_answers_204_and_deletes_for_good(self, client, make_app, count):
        client.post("/users", json=ADA)
        client.post("/users", json=GRACE)

        response = client.delete("/users/1")
        assert (response.status_code, response.data, count()) == (204, b"", 1)
        assert make_app().test_client().get("/users/2").json == {"id": 2, **GRACE}

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_a_user_who_does_not_exist_is_not_found(self, client, method):
        client.post("/users", json=ADA)
        client.delete("/users/1")

        assert client.open("/users/1", method=method).status_code == 404


class TestStep3WhatIsTaken:
    @pytest.mark.parametrize(
        ("user", "taken"),
        [
            (ADA | {"email": "new@example.org"}, {"username"}),
            (ADA | {"username": "new"}, {"email"}),
            (ADA, BOTH),
            (ADA | {"email": "grace@example.org"}, BOTH),
        ],
        ids=["username", "email", "both by one user", "both by two users"],
    )
    def test_a_duplicate_gets_409_with_all_that_is_taken(self, client, user, taken):
        client.post("/users", json=ADA)
        client.post("/users", json=GRACE)

        assert refusal(client.post("/users", json=user), "taken") == (409, taken)

    def test_the_next_request_after_a_duplicate_works(self, client, count):
        client.post("/users", json=ADA)
        client.post("/users", json=ADA)
        response = client.post("/users", json=GRACE)
        assert (response.status_code, count()) == (201, 2)

    @pytest.mark.parametrize(
        "taken", [BOTH, {"username"}, {"email"}], ids=["both", "username", "email"]
    )
    def test_of_two_at_the_same_moment_one_is_stored(
        self, client, make_app, second_process, count, meeting, taken
    ):
        clients = [client, make_app(module=second_process).test_client()]
        users = [ADA, GRACE | {name: ADA[name] for name in taken}]

        with ThreadPoolExecutor(2) as threads:
            responses = list(threads.map(post, clients, users))
        refusals = sorted(refusal(response, "taken") for response in responses)
        assert (refusals, count()) == ([(201, set()), (409, taken)], 1)

    def test_any_other_failure_stays_a_500(self, exercise, app, client):
        app.config["PROPAGATE_EXCEPTIONS"] = False
        assert client.post("/users", json=ADA).status_code == 201
        closed = f"BEFORE INSERT ON {exercise.User.__table__} BEGIN SELECT RAISE(ABORT, 'no'); END"
        with app.app_context():
            exercise.db.session.execute(text(f"CREATE TRIGGER closed {closed}"))
            exercise.db.session.commit()

        assert refusal(client.post("/users", json=GRACE), "taken") == (500, set())


class TestStep4WhatTheDatabaseDoesNotCheck:
    @pytest.mark.parametrize(
        ("fields", "invalid"),
        [
            ({"username": "a" * 80 + " "}, {"username"}),
            ({"email": "a@".ljust(255, "b")}, {"email"}),
            ({"username": ""}, {"username"}),
            ({"email": " \t\u3000\n"}, {"email"}),
            ({"username": " ", "email": "a@".ljust(255, "b")}, BOTH),
        ],
        ids=["long username", "long email", "empty username", "white space", "both"],
    )
    def test_a_blank_or_long_value_gets_422_with_its_name(self, client, count, fields, invalid):
        client.post("/users", json=ADA)  # Now each value that is valid is taken.

        response = client.post("/users", json=ADA | fields)

        assert (refusal(response, "invalid"), count()) == ((422, invalid), 1)

    def test_as_many_characters_as_the_limit_are_fine(self, client):
        longest = {"username": "e\u0301" * 40, "email": "b" * 254}

        assert client.post("/users", json=longest).json == {"id": 1, **longest}

    def test_an_email_is_kept_in_lower_case_and_a_username_as_it_is(self, client):
        user = {"username": "Ada", "email": "Ada@ÄrzteStraße.Example"}
        client.post("/users", json=user)

        assert client.get("/users/1").json == {"id": 1, **user, "email": user["email"].lower()}

    def test_an_email_in_other_case_is_taken(self, client):
        client.post("/users", json=ADA)

        response = client.post("/users", json={"username": "Ada", "email": "ADA@example.org"})

        assert refusal(response, "taken") == (409, {"email"})
        other = {"username": "Ada", "email": "other@example.org"}
        assert client.post("/users", json=other).json == {"id": 2, **other}

    @hostile
    def test_text_is_stored_as_it_was_typed(self, client, value):
        user = {"username": value, "email": f"{value}@example.org".lower()}

        assert client.post("/users", json=user).json == {"id": 1, **user}
        assert client.get("/users/1").json == {"id": 1, **user}

    @hostile
    def test_text_is_never_a_part_of_a_query(self, client, value):
        client.post("/users", json=ADA)

        username = client.post("/users", json=ADA | {"email": f"{value}@example.org"})
        email = client.post("/users", json=ADA | {"username": value})

        assert refusal(username, "taken") == (409, {"username"})
        assert refusal(email, "taken") == (409, {"email"})
