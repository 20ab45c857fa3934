"""What the core of m04 asks for, step by step."""

import hashlib

import pytest
from flask import g

METHOD = "pbkdf2:sha256:7"  # Seven rounds instead of a million.
ONE_HASH = [("pbkdf2", 7)]
PASSWORDS = {"ada": "open-sesame", "grace": "swordfish"}
ADA, GRACE = PASSWORDS.items()
WRONG = [
    *(("ada", "wrong"), ("ada", "Open-Sesame"), ("ada", ""), ("ada", "open-sesame ")),
    *(("nobody", "open-sesame"), ("", ""), ("ADA", "open-sesame"), (" ada ", "open-sesame")),
]
STRANGERS = [None, ("ada", "wrong"), ("ada", "swordfish"), ("nobody", "open-sesame")]
REFUSED = (401, 'Basic realm="Flask Katas"')
NASTY = "  Ada & <b>Zoe\u0308</b> 100% "


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

    def count(password, *computation):
        hashed.append(password.decode())
        computed.append(computation)

    def count_pbkdf2(name, password, salt, iterations, dklen=None):
        count(password, "pbkdf2", iterations)
        return pbkdf2(name, password, salt, min(iterations, 7), dklen)

    def count_scrypt(password, **options):
        count(password, "scrypt", options["n"])
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

    @pytest.mark.parametrize("name", ["X-Forwarded-User", "X-Remote-User", "X-User", "Cookie"])
    def test_nothing_but_the_header_logs_in(self, step_1, name):
        query = {"user": "ada", "username": "ada", "name": "ada", "password": "open-sesame"}
        value = "user=ada; password=open-sesame" if name == "Cookie" else "ada"
        environ = {f"HTTP_{name.upper().replace('-', '_')}": value, "REMOTE_USER": "ada"}
        sent = {"query_string": query, "data": query, "environ_base": environ}
        response = client_of(step_1).get("/protected", **sent)
        assert refusal(response) == REFUSED

    @pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "OPTIONS"])
    def test_a_view_is_guarded_for_every_method(self, exercise, step_1, method):
        runs = []

        @step_1.route("/orders", methods=["GET", method], provide_automatic_options=False)
        @exercise.login_required
        def orders():
            runs.append(g.user)
            return "Done"

        client = client_of(step_1)
        assert refusal(client.open("/orders", method=method)) == REFUSED
        assert client.open("/orders", method=method, auth=GRACE).status_code == 200
        grace = step_1.extensions["user_store"].users["grace"]
        assert runs == [grace], "g.user should be the User that the store returned."

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
        users = [store.verify(*ADA), store.verify(*GRACE)]
        assert None not in users, "The right password was refused. Two hashes of it differ."
        assert [user.name for user in users] == ["ada", "grace"]
        assert [user.roles for user in users] == [{"reader"}, {"admin", "reader"}]

    @pytest.mark.parametrize("name", [NASTY, "ADA", " ada ", ""], ids=repr)
    @pytest.mark.parametrize("password", [NASTY, "apple " * 99], ids=["nasty", "long"])
    def test_name_and_password_stay_as_they_are(self, store, name, password):
        store.add(name, password, iter(["reader"]))
        user = store.verify(name, password)
        assert user is not None, "The right password was refused."
        assert (user, user.name, user.roles) == (store.users[name], name, {"reader"})
        assert list(store.users) == ["ada", "grace", name]
        assert store.verify(name, password[:-1]) is None

    @pytest.mark.parametrize("credentials", WRONG, ids=str)
    def test_anything_else_gives_none(self, store, credentials):
        assert store.verify(*ADA) is not None, "The right password was refused."
        assert store.verify(*credentials) is None

    def test_no_password_is_right_for_an_unknown_name(self, store, hashed):
        store.verify("nobody", "wrong")
        tried = dict.fromkeys(hashed)
        assert {password: store.verify("nobody", password) for password in tried} == tried

    def test_of_a_password_only_the_hash_is_kept(self, store):
        hashes = [user.password_hash for user in store.users.values()]
        assert [text.partition("$")[0] for text in hashes] == [METHOD, METHOD]
        kept = f"{vars(store)} {[vars(user) for user in store.users.values()]}"
        digests = [hashlib.new(n, b"open-sesame") for n in ("md5", "sha1", "sha256", "sha512")]
        traces = ["open-sesame", *(digest.hexdigest() for digest in digests)]
        assert [trace for trace in traces if trace in kept] == []

    def test_equal_passwords_have_different_hashes(self, store):
        store.add("eve", "open-sesame")
        assert store.verify("eve", "open-sesame") is not None, "The right password was refused."
        assert store.users["eve"].password_hash != store.users["ada"].password_hash

    def test_every_attempt_computes_one_hash(self, store, computed):
        attempts = {"right": ADA, "wrong": ("ada", "wrong"), "empty": ("ada", "")}
        attempts |= {"unknown": ("nobody", "wrong"), "no name": ("", "wrong"), "nothing": ("", "")}
        attempts |= {"long": ("ada", "wrong" * 99), "other name": (" ADA ", "open-sesame")}
        attempts |= {"long unknown": ("nobody" * 99, "x" * 999), "right again": ADA}
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

    @pytest.mark.parametrize("roles", ["reader", "admin-assistant", "Admin", "ad,min", " admin "])
    def test_a_user_without_the_role_is_forbidden(self, client, store, roles):
        store.add("eve", "apple", roles.split(","))
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

    @pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
    def test_a_role_is_asked_for_with_every_method(self, exercise, client, method):
        view = exercise.role_required("admin")(lambda: "Done")
        rule = {"methods": ["GET", method], "provide_automatic_options": False}
        client.application.add_url_rule("/orders", "orders", view, **rule)
        assert refusal(client.open("/orders", method=method)) == REFUSED
        found = [client.open("/orders", method=method, auth=auth) for auth in (ADA, GRACE)]
        assert [response.status_code for response in found] == [403, 200]

    @pytest.mark.parametrize("auth", [GRACE, ADA, *STRANGERS[1:]], ids=str)
    @pytest.mark.parametrize("path", ["/protected", "/reports"])
    def test_a_request_computes_one_hash(self, client, computed, path, auth):
        computed.clear()
        assert client.get(path, auth=auth).status_code in (200, 401, 403)
        assert computed == ONE_HASH
