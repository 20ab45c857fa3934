"""What e02 asks for, step by step."""

import threading

import pytest
from flask import Flask

NASTY = "  Tom & <b>Jerry</b> {name} 100% \r\n"


def page(app):
    """Return the text of the page at `/`."""
    app.testing = True
    return app.test_client().get("/").text


@pytest.fixture
def client(exercise):
    """Return a client of an application with default settings."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


@pytest.fixture
def threads_before():
    """Return the threads that run before the module is imported."""
    return set(threading.enumerate())


class TestStep1APage:
    def test_the_home_page_says_hello_world(self, client):
        response = client.get("/")

        assert (response.status_code, response.text) == (200, "Hello, World!")


class TestStep2Data:
    def test_the_health_check_answers_with_json(self, client):
        response = client.get("/health")

        assert (response.status_code, response.mimetype) == (200, "application/json")

    def test_the_health_check_says_ok(self, client):
        assert client.get("/health").json == {"status": "ok"}


class TestStep3SettingsFromOutside:
    @pytest.mark.parametrize(
        "greeting",
        [
            pytest.param("Good morning", id="a text"),
            pytest.param("Grüß Gott", id="a text beyond ASCII"),
            pytest.param("", id="an empty text"),
            pytest.param("{{ 7 * 7 }}", id="braces"),
            pytest.param(NASTY, id="signs and spaces"),
        ],
    )
    def test_config_sets_the_greeting(self, exercise, greeting):
        assert page(exercise.create_app({"GREETING": greeting})) == greeting

    def test_the_greeting_keeps_its_default_next_to_other_settings(self, exercise):
        assert page(exercise.create_app({"TESTING": True})) == "Hello, World!"

    def test_the_default_greeting_is_a_setting(self, exercise):
        assert exercise.create_app().config.get("GREETING") == "Hello, World!"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            pytest.param("SECRET_KEY", "blue", id="one of Flask's own"),
            pytest.param("TEAM", NASTY, id="one that Flask does not know"),
            pytest.param("SEATS", 4, id="a number"),
            pytest.param("MAX_FORM_MEMORY_SIZE", None, id="None in place of a default"),
            pytest.param("SESSION_COOKIE_HTTPONLY", False, id="False in place of a default"),
        ],
    )
    def test_every_setting_reaches_the_application(self, exercise, name, value):
        app = exercise.create_app({"GREETING": "Hi", name: value})
        found = app.config.get(name, "missing")

        assert found == value, f"This is app.config[{name!r}]."

    def test_one_setting_changes_no_other(self, exercise):
        default = {**Flask("plain").config, "GREETING": "Hello, World!"}
        given = exercise.create_app({"TEAM": "blue"}).config

        assert {name: given.get(name) for name in default} == default

    def test_the_page_reads_the_greeting_at_each_request(self, exercise):
        app = exercise.create_app()
        before = page(app)

        app.config["GREETING"] = "Good evening"

        assert (before, page(app)) == ("Hello, World!", "Good evening")

    def test_debug_mode_is_off(self, exercise, monkeypatch):
        monkeypatch.delenv("FLASK_DEBUG", raising=False)

        assert exercise.create_app().debug is False

    @pytest.mark.parametrize(("variable", "debug"), [("1", False), ("0", True)])
    def test_config_overrides_the_environment(self, exercise, monkeypatch, variable, debug):
        monkeypatch.setenv("FLASK_DEBUG", variable)

        assert exercise.create_app({"DEBUG": debug}).debug is debug

    @pytest.mark.parametrize(
        ("variable", "debug"), [("1", True), ("yes", True), ("0", False), ("no", False)]
    )
    def test_flask_reads_debug_mode_from_the_environment(
        self, exercise, monkeypatch, variable, debug
    ):
        monkeypatch.setenv("FLASK_DEBUG", variable)

        found = exercise.create_app().debug, exercise.create_app({"TEAM": "blue"}).debug

        assert found == (debug, debug), (
            "Flask reads FLASK_DEBUG itself: leave the default of DEBUG to it."
        )


class TestStep4NothingSharedNothingStarted:
    def test_the_settings_of_one_application_do_not_reach_the_next(self, exercise):
        exercise.create_app({"GREETING": "Good morning", "TEAM": "blue"})

        app = exercise.create_app({"SECRET_KEY": "key"})

        assert (page(app), app.config.get("TEAM")) == ("Hello, World!", None)

    def test_a_change_in_one_application_leaves_the_other_alone(self, exercise):
        one, other = exercise.create_app(), exercise.create_app()

        one.config["GREETING"] = "Good evening"

        assert (page(one), page(other)) == ("Good evening", "Hello, World!")

    @pytest.mark.parametrize(
        "settings",
        [
            pytest.param({}, id="empty"),
            pytest.param({"GREETING": "Good morning", "TESTING": True}, id="two settings"),
        ],
    )
    def test_config_is_not_changed(self, exercise, settings):
        before = dict(settings)

        app = exercise.create_app(settings)
        app.config["GREETING"] = page(app)

        assert settings == before

    def test_a_later_change_of_config_does_not_reach_the_application(self, exercise):
        settings = {"GREETING": "Good morning"}
        app = exercise.create_app(settings)

        settings.update(GREETING="Good evening", TEAM="blue")

        assert (page(app), app.config.get("TEAM")) == ("Good morning", None)

    def test_importing_the_module_prints_nothing(self, capfd, exercise):
        printed = capfd.readouterr()
        exercise.create_app()

        assert printed.out + printed.err == ""

    def test_importing_the_module_starts_no_server(self, threads_before, exercise):
        exercise.create_app()

        assert set(threading.enumerate()) - threads_before == set(), "The module runs a thread."
