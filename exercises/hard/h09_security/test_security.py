"""What h09 asks for, step by step."""

import random
import re

import jwt
import pytest
from flask.testing import FlaskClient

NOW, HOST, PASSWORD = 1_900_000_000, "notes.example", "correct horse"
NEW, OLD, FOREIGN = "a new key " * 8, "an old key " * 8, "no such key " * 8
KEYS = {"2030-02": NEW, "2030-01": OLD}
GOOD = {"HOST": HOST, "JWT_KEYS": {"2030-02": "é" * 16}}  # These are 32 bytes.
UNFIT = {
    "both are 1": ({**GOOD, "DEBUG": 1, "TESTING": 1}, {"DEBUG", "TESTING"}),
    "empty": ({"HOST": "", "JWT_KEYS": {}, "DEBUG": True}, {"HOST", "JWT_KEYS", "DEBUG"}),
    "a short key": ({**GOOD, "JWT_KEYS": {"new": "x" * 32, "old": "x" * 31}}, {"JWT_KEYS"}),
    "nothing": ({}, {"HOST", "JWT_KEYS"}),
}
ANSWERS = [("/", 200), ("/nowhere", 404), ("/broken", 500), ("https://evil.example/no", 400)]
FOREIGN_HOSTS = ["evil-notes.example", "old.notes.example", "notes.example.eu", "localhost"]
RIGHT, WRONG = {"user": "ada", "password": PASSWORD}, {"user": "ada", "password": "a guess"}
SCOPES = ["notes:readonly", "my:notes:read", "notes:write", "", "notes", "missing"]
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
    "without a key id": token(None, FOREIGN),
    "of another issuer": token(iss="https://login.example.evil"),
    "for another audience": token(aud="notes-archive"),
    "expired 59 seconds ago": token(exp=NOW - 59),
    "without an expiry": token(without="exp"),
    "a refresh token": token(type="refresh"),
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

    def guess(self, form=WRONG, **options):
        response = self.post("/login", data=form, **options)
        return response.status_code, response.headers.get("Retry-After")


def user_of(exercise, text, keys=KEYS):
    try:
        return exercise.verify_token(text, keys).get("sub", "nobody")
    except jwt.InvalidTokenError:
        return "refused"


def refusal(response):
    challenge = response.headers.get("WWW-Authenticate")
    return {"status": response.status_code, "challenge": challenge, "body": response.text}


def scripts_that_run(response):
    """Return the scripts in a page that a browser runs under the page's policy."""
    header = response.headers.get("Content-Security-Policy", "script-src 'unsafe-inline'")
    sources = dict(re.findall(r"([\w-]+) ([^;]*)", header)).get("script-src", "").split()
    all_run = "'unsafe-inline'" in sources and "'nonce-" not in str(sources)
    scripts = re.findall(r'<script(?: nonce="(.*?)")?>(.*?)</script>', response.text)
    return [script for nonce, script in scripts if all_run or f"'nonce-{nonce}'" in sources]


@pytest.fixture(autouse=True)
def _noon(time_machine):
    """Stop the clock that PyJWT reads."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def client(exercise):
    """Return a client of the API; `now` is the API's time, `asked` the passwords it had checked."""

    def check_password(user, password):
        client.asked.append(password)
        return password == PASSWORD

    config = {"DEVELOPMENT": True, "HOST": HOST, "JWT_KEYS": KEYS}
    app = exercise.create_app(config, check_password, lambda: client.now)
    app.testing, app.test_client_class = True, Client

    @app.get("/broken")
    def broken():
        app.config["PROPAGATE_EXCEPTIONS"] = False  # This error is meant; others reach the test.
        raise ZeroDivisionError

    client = app.test_client()
    client.now, client.asked = 0, []
    return client


class TestStep1ATokenThatProvesSomething:
    @pytest.mark.parametrize("kid", KEYS)
    def test_a_good_token_gives_its_claims_with_any_of_the_keys(self, exercise, kid):
        assert exercise.verify_token(token(kid, KEYS[kid]), KEYS) == CLAIMS

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_any_other_token_is_refused(self, exercise, attack):
        users = [user_of(exercise, text) for text in (token(), ATTACKS[attack])]
        assert users == ["ada", "refused"]

    def test_a_key_that_was_removed_is_worth_nothing(self, exercise):
        answers = [user_of(exercise, token("2030-01", OLD), k) for k in (KEYS, GOOD["JWT_KEYS"])]
        assert answers == ["ada", "refused"]


class TestStep2HeadersOnEveryAnswer:
    @pytest.mark.parametrize(("url", "status"), ANSWERS)
    def test_every_answer_has_the_headers(self, exercise, client, url, status):
        response = client.get(url)
        csp = response.headers.get("Content-Security-Policy", "")
        expected = {**exercise.HEADERS, "Strict-Transport-Security": exercise.HSTS}
        assert {name: response.headers.get(name) for name in expected} == expected
        assert re.sub("nonce-[^']+", "nonce-{nonce}", csp) == exercise.CSP
        assert response.status_code == status

    def test_hsts_is_for_https_only(self, client):
        headers = client.get(f"http://{HOST}/", headers={"X-Forwarded-Proto": "https"}).headers
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

    @pytest.mark.parametrize("host", FOREIGN_HOSTS)
    def test_a_foreign_host_gets_into_no_link(self, client, host):
        assert client.get("/invitation").json == {"link": f"https://{HOST}/"}
        response = client.get(f"https://{host}/invitation")
        assert (response.status_code, f"https://{host}" in response.text) == (400, False)


class TestStep3WhatATokenAllows:
    def test_a_token_opens_what_its_scopes_name(self, client):
        both = token(scope="notes:write notes:read")
        assert client.notes(both).json == {"user": "ada", "notes": []}
        assert client.notes(both, "POST").status_code == 201

    @pytest.mark.parametrize("scope", SCOPES)
    def test_a_scope_is_a_whole_word(self, client, scope):
        other = token(without="scope") if scope == "missing" else token(scope=scope)
        assert [client.notes(each).status_code for each in (token(), other)] == [200, 403]

    def test_all_refusals_are_alike(self, client):
        answers = {name: client.notes(text) for name, text in ATTACKS.items()}
        answers["of another type"] = client.notes(token(), scheme="Token")
        bare = refusal(client.get("/notes"))
        assert (bare["status"], str(bare["challenge"])[:6]) == (401, "Bearer")
        unlike = {name: refusal(a) for name, a in answers.items() if refusal(a) != bare}
        assert unlike == {}, "These differ from the answer to a request without a token."
        assert client.notes(token()).status_code == 200

    @pytest.mark.parametrize("sent", [token(), token() + "="], ids=["as it was", "respelled"])
    def test_a_revoked_token_is_refused_and_no_other(self, client, sent):
        assert client.notes(sent).status_code == 200
        for each in (token(), token(jti="another")):
            assert client.notes(each, "POST", path="/logout").status_code == 204
        assert refusal(client.notes(sent, "POST")) == refusal(client.post("/notes")), "Not 403."


class TestStep4ALoginThatResistsGuessing:
    def test_the_right_password_gives_both_tokens(self, client):
        tokens = client.post("/login", data=RIGHT).json
        assert client.notes(tokens["access"]).json == {"user": "ada", "notes": []}
        assert client.notes(tokens["refresh"]).status_code == 401

    def test_logins_that_succeed_are_not_failures(self, client):
        assert [client.guess(RIGHT) for _ in range(6)] == [(200, None)] * 6

    def test_a_success_does_not_erase_failures(self, client):
        answers = [client.guess(form) for form in [WRONG] * 4 + [RIGHT, WRONG, RIGHT]]
        assert answers == [(401, None)] * 4 + [(200, None), (401, None), (429, "60")]

    @pytest.mark.parametrize("header", ["REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"])
    def test_the_sixth_guess_is_not_checked_wherever_it_comes_from(self, client, header):
        answers = []
        for number, form in enumerate([WRONG] * 5 + [RIGHT]):
            answers.append(client.guess(form, environ_overrides={header: f"198.51.100.{number}"}))
        assert answers == [(401, None)] * 5 + [(429, "60")]
        assert PASSWORD not in client.asked, "check_password was called during a 429."

    def test_other_users_are_not_affected(self, client):
        assert [client.guess() for _ in range(6)][-1] == (429, "60")
        assert client.guess({"user": "bob", "password": PASSWORD}) == (200, None)

    def test_guesses_around_the_end_of_a_minute_are_counted(self, client):
        answers = []
        for client.now in (0, 59, 59, 59, 59, 59, 60, 60):
            answers.append((client.now, *client.guess()))
        heard = [(now, 401, None) for now in (0, 59, 59, 59, 59)]
        assert answers == [*heard, (59, 429, "1"), (60, 401, None), (60, 429, "59")]

    def test_the_next_attempt_is_checked_when_the_answer_said(self, client):
        for client.now in (0.5, 0.5, 0.5, 0.5, 0.5, 20.25):
            _, seconds = client.guess()
        assert seconds == "41", "40.25 seconds, rounded up."
        client.now += int(seconds)
        assert client.guess(RIGHT) == (200, None)


class TestStep5AConfigurationThatRefusesToStart:
    def test_a_good_configuration_starts(self, exercise):
        client = exercise.create_app(GOOD, lambda user, password: True).test_client()
        assert client.post(f"https://{HOST}/login", data=RIGHT).status_code == 200

    @pytest.mark.parametrize(("config", "settings"), UNFIT.values(), ids=UNFIT)
    def test_all_unsafe_settings_are_named(self, exercise, config, settings):
        with pytest.raises(exercise.InsecureConfig) as refusal:
            exercise.create_app(config, lambda user, password: True)
        assert refusal.value.settings == settings
