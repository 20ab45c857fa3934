"""What m08 asks for beyond its core."""

import pytest
from sqlalchemy import func, select

ADA = {"username": "ada", "email": "ada@example.org"}
ODD = [
    "O'Brien@x.org",
    "x' OR '1'='1",
    "a_c@example.org",
    "%",
    ':x "y" \\',
    "  Ada  & <b>Z</b>\n100% ",
]


@pytest.fixture
def app(exercise, tmp_path):
    """Return an application on an empty database file."""
    app = exercise.create_app(f"sqlite:///{tmp_path}/users.db")
    app.testing = True
    yield app
    with app.app_context():
        exercise.db.engine.dispose()


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


def refusal(response):
    """Return the status, and the JSON with its lists sorted."""
    body = response.json if response.is_json else {}
    return response.status_code, {
        key: sorted(value) if isinstance(value, list) else value for key, value in body.items()
    }


class TestStep4WhatTheDatabaseDoesNotCheck:
    @pytest.mark.parametrize(
        ("fields", "invalid"),
        [
            ({"username": "a" * 80 + " "}, ["username"]),
            ({"email": "a@".ljust(255, "b")}, ["email"]),
            ({"username": ""}, ["username"]),
            ({"email": " \t\u3000\n"}, ["email"]),
            ({"email": "\u0130" * 128}, ["email"]),
            ({"username": " ", "email": "a@".ljust(255, "b")}, ["email", "username"]),
        ],
        ids=[
            "long username",
            "long email",
            "empty username",
            "white space",
            "in lower case",
            "both",
        ],
    )
    def test_a_blank_or_long_value_gets_422_with_its_name(self, client, count, fields, invalid):
        client.post("/users", json=ADA)  # Now each value that is valid is taken.

        response = client.post("/users", json=ADA | fields)

        assert refusal(response) == (422, {"invalid": invalid})
        assert count() == 1

    def test_a_value_that_is_taken_is_not_named_beside_an_invalid_one(self, client):
        client.post("/users", json=ADA)

        response = client.post("/users", json=ADA | {"username": "   "})

        assert refusal(response) == (422, {"invalid": ["username"]})

    def test_as_many_characters_as_the_limit_are_fine(self, client):
        longest = {"username": "e\u0301" * 40, "email": "\u00e9" * 254}

        assert client.post("/users", json=longest).json == {"id": 1, **longest}

    def test_an_email_is_kept_in_lower_case_and_a_username_as_it_is(self, client):
        user = {"username": "Ada", "email": "Ada@ÄrzteStraße.Example"}
        client.post("/users", json=user)

        assert client.get("/users/1").json == {"id": 1, **user, "email": user["email"].lower()}

    def test_an_email_in_other_case_is_taken(self, client):
        client.post("/users", json=ADA)

        response = client.post("/users", json={"username": "Ada", "email": "ADA@example.org"})

        assert refusal(response) == (409, {"taken": ["email"]})
        other = {"username": "Ada", "email": "other@example.org"}
        assert client.post("/users", json=other).json == {"id": 2, **other}

    @pytest.mark.parametrize("value", ODD)
    def test_an_email_is_stored_as_it_was_typed_in_lower_case(self, client, value):
        user = {"username": "ada", "email": value}
        stored = {"id": 1, **user, "email": value.lower()}

        assert client.post("/users", json=user).json == stored
        assert client.get("/users/1").json == stored

    @pytest.mark.parametrize("value", ODD)
    def test_an_email_is_equal_only_to_the_same_text(self, client, value):
        client.post("/users", json={"username": "ada", "email": "abc@example.org"})

        other = client.post("/users", json={"username": "ada", "email": value})
        first = client.post("/users", json={"username": "new", "email": value})
        again = client.post("/users", json={"username": "newer", "email": value.upper()})

        assert refusal(other) == (409, {"taken": ["username"]})
        assert first.status_code == 201
        assert refusal(again) == (409, {"taken": ["email"]})
