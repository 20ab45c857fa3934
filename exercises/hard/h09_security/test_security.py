"""What h09 asks for, step by step."""

import random
import re

import jwt
import pytest
from flask.testing import FlaskClient

NOW, HOST = 1_900_000_000, "notes.example"
NEW, OLD, FOREIGN = "a new key " * 8, "an old key " * 8, "no such key " * 8
KEYS = {"2030-02": NEW, "2030-01": OLD}
ANSWERS = [
    ("GET", "/", 200), ("POST", "/", 405), ("OPTIONS", "/", 200), ("GET", "/notes", 401), ("GET", "/nowhere", 404),
    ("GET", "/broken", 500), ("GET", "https://evil.example/", 400), ("POST", "https://evil.example/no", 400),
]  # fmt: skip
PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "Forwarded": "proto=https"}
FOREIGN_HOSTS = ["evil-notes.example", "old.notes.example", "notes.example.eu", "localhost"]
SCOPES = [
    "notes:readonly", "my:notes:read", "notes:write", "", "notes", "missing", "Notes:Read",
    "notes:read,notes:write",
]  # fmt: skip
CLAIMS = {
    "iss": "https://login.example", "aud": "notes", "sub": "ada", "scope": "notes:read",
    "type": "access", "jti": "4f9c2e", "iat": NOW - 60, "exp": NOW + 600,
}  # fmt: skip


def token(kid="2030-02", key=NEW, alg="HS256", without=None, **changes):
    """Return a good access token, but for the changes."""
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if name != without}
    return jwt.encode(claims, key, algorithm=alg, headers={"kid": kid} if kid else {})


ATTACKS = {
    "edited": ".".join(token(sub="root").split(".")[:2] + token().split(".")[2:]),
    "unsigned": token(key=None, alg="none"),
    "signed with HS512": token(alg="HS512"),
    "signed by a stranger": token(key=FOREIGN),
    "signed by a stranger, with a key id of their own": token("mine", FOREIGN),
    "by a stranger, without a key id": token(None, FOREIGN),
    "without a key id": token(None),
    "with the id of another key": token("2030-02", OLD),
    "of another issuer": token(iss="https://login.example.evil"),
    "for another audience": token(aud="notes-archive"),
    "expired 59 seconds ago": token(exp=NOW - 59),
    "without an expiry": token(without="exp"),
    "a refresh token": token(type="refresh"),
    "of another type": token(type="ACCESS"),
    "without a type": token(without="type"),
    "without an id": token(without="jti"),
    "without a user": token(without="sub"),
    "not a token": "a.b.c",
    "nothing": "",
}


class Client(FlaskClient):
    """A client of the right host, over HTTPS, unless it is given a whole URL."""

    def open(self, path, **options):
        return super().open(path if "://" in path else f"https://{HOST}{path}", **options)

    def notes(self, text, method="GET", path="/notes", scheme="Bearer"):
        headers = {"Authorization": f"{scheme} {text}".strip()}
        return self.open(path, method=method, headers=headers, data={"text": "Tea"})


def user_of(exercise, text, keys=KEYS):
    try:
        return exercise.verify_token(text, keys).get("sub", "nobody")
    except jwt.InvalidTokenError:
        return "refused"


def refusal(response):
    challenge = response.headers.get("WWW-Authenticate", "none").strip()
    return {"status": response.status_code, "challenge": challenge, "body": response.text}


def scripts_that_run(response):
    """Return the scripts in a page that a browser runs under the page's policy."""
    header = response.headers.get("Content-Security-Policy", "script-src 'unsafe-inline'")
    sources = dict(re.findall(r"([\w-]+) ([^;]*)", header)).get("script-src", "").split()
    all_run = "'unsafe-inline'" in sources and "'nonce-" not in str(sources)
    scripts = re.findall(r'<script(?: nonce="(.*?)")?>(.*?)</script>', response.text)
    return [script for nonce, script in scripts if all_run or f"'nonce-{nonce}'" in sources]


def open_api(module):
    config = {"DEVELOPMENT": True, "HOST": HOST, "JWT_KEYS": KEYS}
    app = module.create_app(config, lambda user, password: False)
    app.testing, app.test_client_class = True, Client
    return app


def nonce_in(response):
    return response.headers.get("Content-Security-Policy", "").partition("'nonce-")[2].split("'")[0]


@pytest.fixture(autouse=True)
def _noon(time_machine):
    """Stop the clock that PyJWT reads."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def client(exercise):
    """Return a client of the API."""
    app = open_api(exercise)

    @app.get("/broken")
    def broken():
        app.config["PROPAGATE_EXCEPTIONS"] = False  # This error is meant; others reach the test.
        raise ZeroDivisionError

    return app.test_client()


class TestStep1ATokenThatProvesSomething:
    @pytest.mark.parametrize("kid", KEYS)
    def test_a_good_token_gives_its_claims_with_any_of_the_keys(self, exercise, kid):
        assert exercise.verify_token(token(kid, KEYS[kid]), KEYS) == CLAIMS

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_any_other_token_is_refused(self, exercise, attack):
        users = [user_of(exercise, text) for text in (token(), ATTACKS[attack])]
        assert users == ["ada", "refused"]

    def test_a_key_that_was_removed_is_worth_nothing(self, exercise):
        answers = [user_of(exercise, token("2030-01", OLD), k) for k in (KEYS, {"2030-02": NEW})]
        assert answers == ["ada", "refused"]


class TestStep2HeadersOnEveryAnswer:
    @pytest.mark.parametrize(("method", "url", "status"), ANSWERS)
    def test_every_answer_has_the_headers(self, exercise, client, method, url, status):
        response = client.open(url, method=method)
        csp = response.headers.get("Content-Security-Policy", "")
        expected = {**exercise.HEADERS, "Strict-Transport-Security": exercise.HSTS}
        assert {name: response.headers.get(name) for name in expected} == expected
        assert re.sub("nonce-[^']+", "nonce-{nonce}", csp) == exercise.CSP
        assert response.status_code == status

    def test_hsts_is_for_https_only(self, client):
        headers = client.get(f"http://{HOST}/", headers=PROXY).headers
        assert "X-Content-Type-Options" in headers
        assert "Strict-Transport-Security" not in headers

    def test_an_injected_script_does_not_run(self, client):
        client.application.config["ANNOUNCEMENT"] = "<script>steal()</script>"
        page = client.get("/")
        assert "steal()</script>" in page.text
        assert scripts_that_run(page) == ["showNotes()"]

    def test_a_nonce_that_was_seen_or_computed_is_worth_nothing(self, client):
        random.seed(7)
        nonces = [client.get("/").text.split('nonce="')[-1].split('"')[0] for _ in range(50)]
        varying = sum(len({nonce[i : i + 1] for nonce in nonces}) > 1 for i in range(99))
        bits = varying * (4 if re.fullmatch("[0-9a-f]*", nonces[0]) else 6)
        assert bits >= 128, f"Nonces like {nonces[:2]} have at most {bits} unpredictable bits."
        client.application.config["ANNOUNCEMENT"] = f'<script nonce="{nonces[0]}">steal()</script>'
        random.seed(7)
        assert scripts_that_run(client.get("/")) == ["showNotes()"]

    @pytest.mark.parametrize("path", ["/", "/nowhere", "/notes"])
    def test_every_answer_has_a_nonce_of_its_own(self, client, path):
        nonces = [nonce_in(client.get(path)) for _ in range(3)]
        assert min(map(len, nonces)) > 15, f"Nonces of {path}: {nonces}"
        assert len(set(nonces)) == 3, f"Nonces of {path}: {nonces}"

    def test_two_workers_make_different_nonces(self, another_worker):
        nonces = [nonce_in(open_api(another_worker()).test_client().get("/")) for _ in range(2)]
        assert nonces[0] != nonces[1]

    @pytest.mark.parametrize("host", FOREIGN_HOSTS)
    def test_a_foreign_host_gets_into_no_link(self, client, host):
        assert client.get("/invitation").json == {"link": f"https://{HOST}/"}
        response = client.get(f"https://{host}/invitation")
        assert (response.status_code, f"https://{host}" in response.text) == (400, False)


class TestStep3WhatATokenAllows:
    def test_a_token_opens_what_its_scopes_name(self, client):
        both = token(scope="notes:write notes:read", sub="bob")
        assert client.notes(both).json == {"user": "bob", "notes": []}
        assert client.notes(both, "POST").status_code == 201
        assert client.notes(token()).json == {"user": "ada", "notes": ["Tea"]}
        assert client.notes(token(), "POST").status_code == 403

    @pytest.mark.parametrize("scope", SCOPES)
    def test_a_scope_is_a_whole_word(self, client, scope):
        other = token(without="scope") if scope == "missing" else token(scope=scope)
        assert [client.notes(each).status_code for each in (token(), other)] == [200, 403]

    def test_all_refusals_are_alike(self, client):
        answers = {name: client.notes(text) for name, text in ATTACKS.items()}
        for scheme in ("Token", "Basic", "Digest"):
            answers[f"sent as {scheme}"] = client.notes(token(), scheme=scheme)
        bare = refusal(client.get("/notes"))
        assert (bare["status"], bare["challenge"]) == (401, "Bearer")
        unlike = {name: refusal(a) for name, a in answers.items() if refusal(a) != bare}
        assert unlike == {}, "These differ from the answer to a request without a token."
        assert client.notes(token()).status_code == 200

    def test_a_token_counts_in_its_header_only(self, client):
        names = ("access_token", "token", "jwt", "bearer", "Authorization", "authorization")
        sent = dict.fromkeys(names, f"Bearer {token()}") | dict.fromkeys(names[:4], token())
        for name in names:
            client.set_cookie(name, sent[name], domain=HOST)
        others = {"X-Access-Token": token(), "X-Authorization": f"Bearer {token()}"}
        response = client.post("/logout", query_string=sent, data=sent, headers=others)
        assert response.status_code == 401
        assert client.notes(token()).status_code == 200

    def test_a_view_may_require_no_scope(self, client):
        assert client.notes(token(without="scope"), "POST", path="/logout").status_code == 204

    def test_a_guarded_view_gets_its_arguments(self, exercise, client):
        @client.application.get("/notes/<int:number>")
        @exercise.jwt_required("notes:read")
        def show_note(number):
            return {"note": number}

        assert client.notes(token(), path="/notes/7").json == {"note": 7}

    @pytest.mark.parametrize("sent", [token(), token() + "="], ids=["as it was", "respelled"])
    def test_a_revoked_token_is_refused_and_no_other(self, client, sent):
        assert client.notes(sent).status_code == 200
        for each in (token(), token(jti="another")):
            assert client.notes(each, "POST", path="/logout").status_code == 204
        assert refusal(client.notes(sent, "POST")) == refusal(client.post("/notes")), "Not 403."

    def test_the_application_keeps_the_ids_of_revoked_tokens(self, client):
        assert client.notes(token(), "POST", path="/logout").status_code == 204
        assert client.application.extensions["revoked_tokens"] == {CLAIMS["jti"]}
