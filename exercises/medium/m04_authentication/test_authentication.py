"""What m04 asks for, step by step."""

import hashlib
from base64 import b64encode

import pytest
from flask import g

METHOD = "pbkdf2:sha256:7"  # Seven rounds instead of a million.
ONE_HASH = [("pbkdf2", 7)]
PASSWORDS = {"ada": "open-sesame", "grace": "swordfish"}
ADA, GRACE = PASSWORDS.items()
WRONG = [("ada", "wrong"), ("ada", "Open-Sesame"), ("ada", ""), ("nobody", "open-sesame"), ("", "")]
STRANGERS = [None, ("ada", "wrong"), ("ada", "swordfish"), ("nobody", "open-sesame")]
TEXTS = {"colons": "a:b:", "blanks": " apple ", "letters": "пароль", "long": "🍎" * 80}
REFUSED = (401, 'Basic realm="Flask Katas"')
TOKEN = b64encode(b"ada:open-sesame").decode()


class StandIn:
    """A store for step 1. It compares plain passwords, which a real store must not do."""

    def __init__(self, user):
        self.users = {name: user(name, "") for name in PASSWORDS}

    def verify(self, name, password):
        return self.users[name] if (name, password) in PASSWORDS.items() else None


def refusal(response):
    """Return the status and the challenge up to the first comma."""
    challenge = response.headers.get("WWW-Authenticate", "no challenge")
    return response.status_code, challenge.partition(",")[0]


def client_of(app):
    """Return a client of an application that passes exceptions on to the test."""
    app.testing = True
    return app.test_client()


@pytest.fixture
def hashed():
    """Return the passwords hashed so far."""
    return []


@pytest.fixture(autouse=True)
def computed(monkeypatch, hashed):
    """Return the password hashes computed so far, each as its function and its number of rounds."""
    computed, pbkdf2, scrypt = [], hashlib.pbkdf2_hmac, hashlib.scrypt

    def count_pbkdf2(name, password, salt, iterations, dklen=None):
        hashed.append(password.decode())
        computed.append(("pbkdf2", iterations))
        return pbkdf2(name, password, salt, min(iterations, 7), dklen)

    def count_scrypt(password, **options):
        hashed.append(password.decode())
        computed.append(("scrypt", options["n"]))
        return scrypt(password, **{**options, "n": 2})

    monkeypatch.setattr(hashlib, "pbkdf2_hmac", count_pbkdf2)
    monkeypatch.setattr(hashlib, "scrypt", count_scrypt)
    return computed


@pytest.fixture
def step_1(exercise):
    """Return an application with the store of the tests."""
    return exercise.create_app(StandIn(exercise.User))


@pytest.fixture
def store(exercise):
    """Return the store of the exercise, with two users."""
    store = exercise.UserStore(METHOD)
    store.add(*ADA, roles=["reader"])
    store.add(*GRACE, roles=["admin", "reader"])
    return store


@pytest.fixture
def client(exercise, store):
    """Return a client of an application with that store."""
    return client_of(exercise.create_app(store))


class TestStep1WhoAreYou:
    @pytest.mark.parametrize("credentials", [ADA, GRACE], ids=["ada", "grace"])
    def test_whoever_logs_in_is_the_user_of_the_request(self, step_1, credentials):
        response = client_of(step_1).get("/protected", auth=credentials)
        assert (response.status_code, response.json) == (200, {"user": credentials[0]})

    @pytest.mark.parametrize("credentials", STRANGERS, ids=str)
    def test_anyone_else_is_refused_with_a_challenge(self, step_1, credentials):
        response = client_of(step_1).get("/protected", auth=credentials)
        assert refusal(response) == REFUSED

    def test_a_login_counts_for_one_request_only(self, step_1):
        client = client_of(step_1)

        assert client.get("/protected", auth=ADA).json == {"user": "ada"}
        assert refusal(client.get("/protected")) == REFUSED

    def test_each_application_asks_its_own_store(self, exercise, step_1):
        exercise.create_app(StandIn(lambda name, password_hash: None))  # Nobody can log in here.

        assert client_of(step_1).get("/protected", auth=ADA).json == {"user": "ada"}

    def test_several_views_with_parameters_can_be_guarded(self, exercise, step_1):
        @step_1.get("/echo/<word>")
        @exercise.login_required
        def echo(word):
            return f"{word} for {g.user.name}"

        @step_1.get("/sum/<int:a>/<int:b>")
        @exercise.login_required
        def add(a, b):
            return str(a + b)

        client = client_of(step_1)

        assert client.get("/echo/apple", auth=ADA).text == "apple for ada"
        assert client.get("/sum/2/3", auth=ADA).text == "5"
        assert refusal(client.get("/sum/2/3")) == REFUSED


class TestStep2PasswordsKeptAsHashes:
    def test_the_right_password_gives_the_user(self, store):
        user = store.verify(*ADA)

        assert (user.name, user.roles) == ("ada", frozenset({"reader"}))

    @pytest.mark.parametrize("credentials", WRONG, ids=str)
    def test_anything_else_gives_none(self, store, credentials):
        assert store.verify(*ADA).name == "ada"

        assert store.verify(*credentials) is None

    def test_no_password_is_right_for_an_unknown_name(self, store, hashed):
        store.verify("nobody", "wrong")
        tried = dict.fromkeys(hashed)

        assert {password: store.verify("nobody", password) for password in tried} == tried

    def test_of_a_password_only_the_hash_is_kept(self, store):
        methods = {n: user.password_hash.partition("$")[0] for n, user in store.users.items()}

        assert methods == {"ada": METHOD, "grace": METHOD}
        assert "open-sesame" not in f"{vars(store)} {[vars(u) for u in store.users.values()]}"

    def test_equal_passwords_have_different_hashes(self, store):
        store.add("eve", "open-sesame")

        assert store.verify("eve", "open-sesame").name == "eve"
        assert store.users["eve"].password_hash != store.users["ada"].password_hash

    def test_every_attempt_computes_one_hash(self, store, computed):
        attempts = {"right": ADA, "wrong": ("ada", "wrong"), "empty": ("ada", "")}
        attempts |= {"unknown": ("nobody", "wrong"), "right again": ADA}
        costs = {}

        for kind, credentials in attempts.items():
            computed.clear()
            store.verify(*credentials)
            costs[kind] = list(computed)

        assert costs == dict.fromkeys(costs, ONE_HASH)


class TestStep3WhatMayYouDo:
    def test_a_user_with_the_role_sees_the_view(self, client):
        response = client.get("/reports", auth=GRACE)
        assert (response.status_code, response.json) == (200, {"reports": []})

    @pytest.mark.parametrize("roles", ["", "reader", "admin-assistant", "Admin", "ad min"])
    def test_a_user_without_the_role_is_forbidden(self, client, store, roles):
        store.add("eve", "apple", roles.split())

        assert client.get("/protected", auth=("eve", "apple")).json == {"user": "eve"}
        assert client.get("/reports", auth=("eve", "apple")).status_code == 403

    @pytest.mark.parametrize("credentials", [None, ("grace", "wrong")], ids=["none", "wrong"])
    def test_without_a_login_the_answer_is_401(self, client, credentials):
        assert refusal(client.get("/reports", auth=credentials)) == REFUSED

    def test_any_role_guards_any_view(self, exercise, client, store):
        readers = []

        @client.application.get("/books/<int:number>")
        @exercise.role_required("librarian")
        def book(number):
            readers.append(g.user.name)
            return f"Book {number}"

        store.add("eve", "apple", ["librarian"])
        assert client.get("/books/7", auth=GRACE).status_code == 403
        assert client.get("/books/7", auth=("eve", "apple")).text == "Book 7"
        assert readers == ["eve"]

    @pytest.mark.parametrize("path", ["/protected", "/reports"])
    def test_a_request_computes_one_hash(self, client, computed, path):
        computed.clear()
        response = client.get(path, auth=GRACE)
        assert (response.status_code, computed) == (200, ONE_HASH)


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
            'Sesame username="ada", password="open-sesame"',
        ],
    )
    def test_any_other_header_is_refused_with_a_challenge(self, client, header):
        known = client.get("/protected", headers={"Authorization": f"Basic {TOKEN}"})
        response = client.get("/protected", headers={"Authorization": header})

        assert known.json == {"user": "ada"}
        assert refusal(response) == REFUSED

    @pytest.mark.parametrize("name", ["eve", "zoë"], ids=["ascii", "unicode"])
    @pytest.mark.parametrize("password", TEXTS.values(), ids=TEXTS.keys())
    def test_a_password_may_be_any_text(self, client, store, name, password):
        store.add(name, password)

        assert client.get("/protected", auth=(name, password)).json == {"user": name}
        assert refusal(client.get("/protected", auth=(name, password[:-1]))) == REFUSED

    def test_a_wrong_password_and_an_unknown_name_look_the_same(self, client):
        wrong, unknown = [client.get("/protected", auth=(n, "wrong")) for n in ("ada", "nobody")]

        assert refusal(wrong) == REFUSED
        assert (unknown.status, unknown.text) == (wrong.status, wrong.text)
        assert unknown.headers == wrong.headers
