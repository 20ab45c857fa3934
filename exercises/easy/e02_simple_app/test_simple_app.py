"""What e02 asks for, step by step."""

import pytest


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
        ],
    )
    def test_config_sets_the_greeting(self, exercise, greeting):
        assert page(exercise.create_app({"GREETING": greeting})) == greeting

    def test_the_greeting_keeps_its_default_next_to_other_settings(self, exercise):
        assert page(exercise.create_app({"TESTING": True})) == "Hello, World!"

    @pytest.mark.parametrize("name", ["SECRET_KEY", "TEAM"])
    def test_every_setting_reaches_the_application(self, exercise, name):
        app = exercise.create_app({name: "blue"})

        assert app.config.get(name) == "blue", f'This is app.config.get("{name}").'

    def test_the_page_reads_the_greeting_when_the_request_comes(self, exercise):
        app = exercise.create_app()

        app.config["GREETING"] = "Good evening"

        assert page(app) == "Good evening"

    def test_debug_mode_is_off(self, exercise, monkeypatch):
        monkeypatch.delenv("FLASK_DEBUG", raising=False)

        assert exercise.create_app().debug is False

    def test_config_turns_debug_mode_on(self, exercise):
        assert exercise.create_app({"DEBUG": True}).debug is True

    def test_config_overrides_the_environment(self, exercise, monkeypatch):
        monkeypatch.setenv("FLASK_DEBUG", "1")

        assert exercise.create_app({"DEBUG": False}).debug is False

    def test_the_environment_turns_debug_mode_on(self, exercise, monkeypatch):
        monkeypatch.setenv("FLASK_DEBUG", "1")

        debug = exercise.create_app().debug

        assert debug is True, "Flask reads FLASK_DEBUG itself: leave the default of DEBUG to it."


class TestStep4NothingSharedNothingStarted:
    def test_the_settings_of_one_application_do_not_reach_the_next(self, exercise):
        exercise.create_app({"GREETING": "Good morning"})

        assert page(exercise.create_app()) == "Hello, World!"

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

        exercise.create_app(settings)

        assert settings == before

    def test_a_later_change_of_config_does_not_reach_the_application(self, exercise):
        settings = {"GREETING": "Good morning"}
        app = exercise.create_app(settings)

        settings["GREETING"] = "Good evening"

        assert page(app) == "Good morning"

    def test_importing_the_module_prints_nothing(self, capfd, exercise):
        printed = capfd.readouterr()
        exercise.create_app()

        assert printed.out + printed.err == ""
