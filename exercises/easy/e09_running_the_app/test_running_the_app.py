"""What e09 asks for, step by step."""

import runpy
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup
from gunicorn.util import import_app
from werkzeug.test import Client


@pytest.fixture
def started(exercise, monkeypatch):
    """Return a list of the greeting and the host of each development server that was started."""
    starts = []

    def run(app, host=None, *args, **options):
        starts.append((app.config.get("GREETING"), host or "127.0.0.1"))

    monkeypatch.setattr(Flask, "run", run)
    return starts


@pytest.fixture
def gunicorn_response(exercise, monkeypatch):
    """Return the response to GET / of the object that gunicorn imports in the exercise's folder."""
    assert exercise.GUNICORN_TARGET, "GUNICORN_TARGET is still empty."
    monkeypatch.chdir(Path(exercise.__file__).parent)
    application = import_app(exercise.GUNICORN_TARGET)
    try:
        return Client(application).get("/")
    except TypeError as error:
        pytest.fail(
            f"gunicorn calls the object it imported with (environ, start_response): {error}"
        )


def command(app, *args):
    """Run a command of the application and return the result; exceptions come through."""
    return app.test_cli_runner().invoke(args=args, catch_exceptions=False)


class TestStep1OneFactoryTwoProfiles:
    @pytest.mark.parametrize(
        ("profile", "text"),
        [("development", "Hi, world!"), ("production", "Welcome, world!")],
        ids=["development", "production"],
    )
    def test_the_page_has_the_greeting_of_the_profile(self, exercise, profile, text):
        client = exercise.create_app(profile).test_client()

        assert client.get("/").text == text

    @pytest.mark.parametrize("profile", ["development", "production"])
    def test_every_setting_of_the_profile_is_in_the_configuration(self, exercise, profile):
        settings = exercise.PROFILES[profile]

        config = exercise.create_app(profile).config

        assert {name: config.get(name) for name in settings} == settings

    def test_a_profile_has_the_settings_that_profiles_gives_it(self, exercise):
        exercise.PROFILES["staging"] = {"GREETING": "Hello", "TEAM": "blue"}

        config = exercise.create_app("staging").config

        assert (config.get("GREETING"), config.get("TEAM")) == ("Hello", "blue")

    def test_without_an_argument_the_profile_is_development(self, exercise):
        assert exercise.create_app().test_client().get("/").text == "Hi, world!"

    @pytest.mark.parametrize("profile", ["staging", "Production", "prod", ""], ids=repr)
    def test_an_unknown_profile_is_refused_by_name(self, exercise, profile):
        with pytest.raises(ValueError, match=profile):
            exercise.create_app(profile)


class TestStep2TheFileAsAProgram:
    def test_main_runs_the_development_application_on_this_machine(self, exercise, started):
        exercise.main()

        assert started == [("Hi", "127.0.0.1")]

    def test_starting_the_file_calls_main(self, exercise, started):
        with suppress(SystemExit):
            runpy.run_path(exercise.__file__, run_name="__main__")

        assert started == [("Hi", "127.0.0.1")], "`python running_the_app.py` has to call main()."

    def test_importing_the_file_starts_nothing(self, exercise, started):
        exercise.main()

        runpy.run_path(exercise.__file__, run_name="imported_by_another_name")

        assert started == [("Hi", "127.0.0.1")], "Importing the file started a server."


class TestStep3TheFlaskCommand:
    def test_greet_prints_a_greeting(self, exercise):
        result = command(exercise.create_app(), "greet", "Ada")

        assert (result.exit_code, result.output) == (0, "Hi, Ada!\n")

    def test_the_count_says_how_many_greetings(self, exercise):
        result = command(exercise.create_app(), "greet", "Ada", "--count", "3")

        assert (result.exit_code, result.output) == (0, "Hi, Ada!\nHi, Ada!\nHi, Ada!\n")

    def test_greet_belongs_to_the_application_it_was_called_on(self, exercise):
        result = command(exercise.create_app("production"), "greet", "Ada")

        assert (result.exit_code, result.output) == (0, "Welcome, Ada!\n")

    def test_greet_runs_in_an_application_context(self, exercise):
        app, ended = exercise.create_app(), []
        app.teardown_appcontext(ended.append)

        assert command(app, "greet", "Ada").output == "Hi, Ada!\n"
        assert ended, "No application context of this application was active during the command."

    @pytest.mark.parametrize("count", ["0", "-1", "1.5", "many"])
    def test_a_bad_count_is_an_error_and_greets_nobody(self, exercise, count):
        app = exercise.create_app()
        assert command(app, "greet", "Ada", "--count", "1").output == "Hi, Ada!\n"

        result = app.test_cli_runner().invoke(args=["greet", "Ada", "--count", count])

        assert result.exit_code != 0, "To a script, the exit status 0 means success."
        assert "Hi, Ada!" not in result.output

    def test_flask_finds_the_development_application(self, exercise, monkeypatch):
        assert exercise.FLASK_TARGET, "FLASK_TARGET is still empty."
        monkeypatch.chdir(Path(exercise.__file__).parent)

        result = CliRunner().invoke(
            FlaskGroup(load_dotenv=False),
            ["--app", exercise.FLASK_TARGET, "greet", "Ada"],
            prog_name="flask",
            env={"FLASK_RUN_FROM_CLI": "true"},  # Flask sets it, and the runner restores it.
            catch_exceptions=False,
        )

        assert (result.exit_code, result.output) == (0, "Hi, Ada!\n")


class TestStep4AProductionServer:
    def test_what_gunicorn_imports_answers_a_request(self, gunicorn_response):
        assert gunicorn_response.status_code == 200

    def test_gunicorn_serves_the_production_profile(self, gunicorn_response):
        assert gunicorn_response.text == "Welcome, world!"
