"""What m04 asks for beyond its core, step by step."""

from base64 import b64encode

import pytest

METHOD = "pbkdf2:sha256:7"  # Seven rounds instead of a million.
REFUSED = (401, 'Basic realm="Flask Katas"')
TOKEN = b64encode(b"ada:open-sesame").decode()
NASTY = "  Ada & <b>Zoë</b> 100% "
TEXTS = {"empty": "", "colons": "a:b:", "nasty": NASTY, "letters": "пароль", "long": "🍎" * 300}


def refusal(response):
    """Return the status and the challenge up to the first comma."""
    challenge = response.headers.get("WWW-Authenticate", "no challenge")
    return response.status_code, challenge.partition(",")[0]


@pytest.fixture
def store(exercise):
    """Return the store of the exercise, with one user."""
    store = exercise.UserStore(METHOD)
    store.add("ada", "open-sesame", roles=["reader"])
    return store


@pytest.fixture
def client(exercise, store):
    """Return a client of an application with that store, which passes exceptions on to the test."""
    app = exercise.create_app(store)
    app.testing = True
    return app.test_client()


class TestStep4WhatClientsReallySend:
    @pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
    def test_the_scheme_counts_in_any_case(self, client, scheme):
        response = client.get("/protected", headers={"Authorization": f"{scheme} {TOKEN}"})

        assert response.json == {"user": "ada"}

    @pytest.mark.parametrize(
        "header",
        [
            'Digest username="ada", password="open-sesame"',
            f"Bearer {TOKEN}",
            "Basic",
            "Basic open-sesame",  # Not Base64.
            "Basic /w==",  # Not UTF-8.
            "Basic YWRh",  # No colon: "ada".
            "Basic Og==",  # Only a colon.
            "Sesame",
            "Basic \xe9",  # Not ASCII.
            f"Basic-{TOKEN}",
            f"Negotiate {TOKEN}",
            'Sesame username="ada", password="open-sesame"',
            'Basic-Sesame username="ada", password="open-sesame"',
        ],
    )
    def test_any_other_header_is_refused_with_a_challenge(self, client, header):
        known = client.get("/protected", headers={"Authorization": f"Basic {TOKEN}"})
        response = client.get("/protected", headers={"Authorization": header})

        assert known.json == {"user": "ada"}
        assert refusal(response) == REFUSED

    @pytest.mark.parametrize("name", ["eve", "zoë", NASTY, ""])
    @pytest.mark.parametrize("password", TEXTS.values(), ids=TEXTS.keys())
    def test_a_password_may_be_any_text(self, client, store, name, password):
        store.add(name, password)

        assert client.get("/protected", auth=(name, password)).json == {"user": name}
        assert refusal(client.get("/protected", auth=(name, password[:-1] or "x"))) == REFUSED

    def test_a_wrong_password_and_an_unknown_name_look_the_same(self, client):
        wrong, unknown = [client.get("/protected", auth=(n, "wrong")) for n in ("ada", "nobody")]

        assert refusal(wrong) == REFUSED
        assert (unknown.status, unknown.text) == (wrong.status, wrong.text)
        assert unknown.headers == wrong.headers
