"""What h09 asks for further on, step by step."""

import pytest
from flask.testing import FlaskClient

HOST, PASSWORD = "notes.example", "correct horse"
KEYS = {"2030-02": "a new key " * 8}
RIGHT, WRONG = {"user": "ada", "password": PASSWORD}, {"user": "ada", "password": "a guess"}
GOOD = {"HOST": HOST, "JWT_KEYS": {"2030-02": "é" * 16}}  # These are 32 bytes.
UNFIT = {
    "both are 1": ({**GOOD, "DEBUG": 1, "TESTING": 1}, {"DEBUG", "TESTING"}),
    "texts": ({**GOOD, "DEBUG": "false", "TESTING": "0"}, {"DEBUG", "TESTING"}),
    "empty": ({"HOST": "", "JWT_KEYS": {}, "DEBUG": True}, {"HOST", "JWT_KEYS", "DEBUG"}),
    "a short key": ({**GOOD, "JWT_KEYS": {"new": "x" * 32, "old": "x" * 31}}, {"JWT_KEYS"}),
    "nothing": ({}, {"HOST", "JWT_KEYS"}),
}


class Client(FlaskClient):
    """A client of the right host, over HTTPS."""

    def open(self, path, **options):
        return super().open(f"https://{HOST}{path}", **options)

    def notes(self, token):
        return self.get("/notes", headers={"Authorization": f"Bearer {token}"})

    def guess(self, form=WRONG, **options):
        response = self.post("/login", data=form, **options)
        return response.status_code, response.headers.get("Retry-After")


@pytest.fixture
def client(exercise):
    """Return a client of the API; `now` is the API's time, `asked` what it has had checked."""

    def check_password(user, password):
        client.asked.append((user, password))
        return password == PASSWORD

    config = {"DEVELOPMENT": True, "HOST": HOST, "JWT_KEYS": KEYS}
    app = exercise.create_app(config, check_password, lambda: client.now)
    app.testing, app.test_client_class = True, Client
    client = app.test_client()
    client.now, client.asked = 0, []
    return client


class TestStep4ALoginThatResistsGuessing:
    def test_the_right_password_gives_both_tokens(self, client):
        tokens = client.post("/login", data=RIGHT).json
        assert client.notes(tokens["access"]).json == {"user": "ada", "notes": []}
        assert client.notes(tokens["refresh"]).status_code == 401

    def test_what_is_typed_is_checked_as_it_is(self, client):
        form = {"user": " Ada & <b>Z</b> ", "password": f" {PASSWORD.upper()} 100% "}
        assert client.guess(form) == (401, None)
        assert client.asked == [(form["user"], form["password"])]

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
        assert ("ada", PASSWORD) not in client.asked, "check_password was called during a 429."

    def test_other_users_are_not_affected(self, client):
        assert [client.guess() for _ in range(6)][-1] == (429, "60")
        for other in ("bob", "Ada", "ada "):
            assert client.guess({"user": other, "password": PASSWORD}) == (200, None)

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
