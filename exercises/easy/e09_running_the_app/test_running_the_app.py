"""What the core of e09 asks for, step by step."""

import runpy
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup
from werkzeug import serving

PROFILE_VARIABLES = ("FLASK_ENV", "FLASK_PROFILE", "APP_ENV", "APP_PROFILE", "ENV", "PROFILE")


@pytest.fixture
def started(exercise, monkeypatch):
    """Return a list of the greeting and the host of each development server that was started."""
    starts = []

    def run(app, host=None, *args, **options):
        local = host in (None, "localhost")
        starts.append((app.config.get("GREETING"), "127.0.0.1" if local else host))

    monkeypatch.setattr(Flask, "run", run)
    monkeypatch.setattr(serving, "run_simple", lambda *args, **options: starts.append("run_simple"))
    return starts


def flask_command(group, *args, **options):
    """Run the `flask` command as a shell would, and return its result."""
    return CliRunner().invoke(
        group,
        args,
        prog_name="flask",
        env={"FLASK_RUN_FROM_CLI": "true"},  # Flask sets it, and the runner restores it.
        **options,
    )


def greet(app, *args, **options):
    """Run the command `greet` of an application, as `flask` does."""
    group = FlaskGroup(create_app=lambda: app, load_dotenv=False)
    return flask_command(group, "greet", *args, **options)


class TestStep1OneFactoryTwoProfiles:
    @pytest.mark.parametrize("profile", ["development", "production"])
    def test_every_setting_of_the_profile_is_in_the_configuration(
        self, exercise, monkeypatch, profile
    ):
        monkeypatch.setenv("FLASK_GREETING", "Hello from the environment")
        settings = exercise.PROFILES[profile]

        config = exercise.create_app(profile).config

        assert {name: config.get(name) for name in settings} == settings

    def test_each_application_has_a_profile_of_its_own(self, exercise):
        profiles = ["development", "production", "development"]
        apps = [exercise.create_app(profile) for profile in profiles]

        pages = [app.test_client().get("/").text for app in apps]

        assert pages == ["Hi, world!", "Welcome, world!", "Hi, world!"]

    def test_a_profile_has_the_settings_that_profiles_gives_it(self, exercise):
        settings = {"GREETING": "Hello", "TEAM": "blue", "LIMIT": 0}
        exercise.PROFILES["staging"] = settings

        config = exercise.create_app("staging").config

        assert {name: config.get(name) for name in settings} == settings

    def test_without_an_argument_the_profile_is_development(self, exercise, monkeypatch):
        for name in PROFILE_VARIABLES:
            monkeypatch.setenv(name, "production")

        apps = [
            exercise.create_app(),
            runpy.run_path(exercise.__file__, run_name="imported_here")["create_app"](),
        ]

        greetings = [app.config.get("GREETING") for app in apps]
        assert greetings == ["Hi", "Hi"], "The environment has FLASK_ENV=production and the like."

    @pytest.mark.parametrize(
        "profile", ["staging", "Production", "prod", "development ", ""], ids=repr
    )
    def test_an_unknown_profile_is_refused_by_name(self, exercise, profile):
        with pytest.raises(ValueError, match=profile):
            exercise.create_app(profile)


class TestStep2TheFileAsAProgram:
    def test_main_runs_the_development_application_on_this_machine(self, exercise, started):
        exercise.main()

        assert started == [("Hi", "127.0.0.1")]

    def test_starting_the_file_calls_main(self, exercise, started):
        exercise.main()
        by_main = list(started)

        with suppress(SystemExit):
            runpy.run_path(exercise.__file__, run_name="__main__")

        assert started == by_main * 2, "`python running_the_app.py` has to call main()."

    def test_importing_the_file_starts_nothing(self, exercise, started):
        exercise.main()
        by_main = list(started)

        runpy.run_path(exercise.__file__, run_name="imported_by_another_name")

        assert started == by_main, "Importing the file started a server."


class TestStep3TheFlaskCommand:
    def test_greet_prints_a_greeting(self, exercise):
        result = greet(exercise.create_app(), "Ada", catch_exceptions=False)

        assert (result.exit_code, result.stdout) == (0, "Hi, Ada!\n")

    def test_a_name_is_printed_as_it_is(self, exercise):
        name = "  Grace & <b>H</b> 100% "

        result = greet(exercise.create_app(), name, catch_exceptions=False)

        assert (result.exit_code, result.stdout) == (0, f"Hi, {name}!\n")

    @pytest.mark.parametrize("count", [1, 3, 100])
    def test_the_count_says_how_many_greetings(self, exercise, count):
        result = greet(exercise.create_app(), "Ada", "--count", str(count), catch_exceptions=False)

        assert (result.exit_code, result.stdout) == (0, "Hi, Ada!\n" * count)

    def test_greet_belongs_to_the_application_it_was_called_on(self, exercise):
        production = exercise.create_app("production")
        exercise.create_app("development")

        result = greet(production, "Ada", catch_exceptions=False)

        assert (result.exit_code, result.stdout) == (0, "Welcome, Ada!\n")

    def test_greet_prints_what_hello_returns(self, exercise, monkeypatch):
        app = exercise.create_app()
        monkeypatch.setattr(exercise, "hello", lambda name: f"Good morning, {name}.")

        result = greet(app, "Ada", catch_exceptions=False)

        assert (result.exit_code, result.stdout) == (0, "Good morning, Ada.\n")

    @pytest.mark.parametrize("count", ["0", "-1", "-12", "1.5", "many", ""])
    def test_a_bad_count_is_an_error_and_greets_nobody(self, exercise, count):
        app = exercise.create_app()
        assert greet(app, "Ada", catch_exceptions=False).output == "Hi, Ada!\n"

        result = greet(app, "Ada", "--count", count)

        assert result.exit_code != 0, "To a script, the exit status 0 means success."
        assert "Hi, Ada!" not in result.output

    def test_flask_finds_the_development_application(self, exercise, monkeypatch):
        assert exercise.FLASK_TARGET, "FLASK_TARGET is still empty."
        folder = Path(exercise.__file__).parent
        monkeypatch.chdir(folder)
        # As in a new shell: nothing is imported yet, and Python does not look in this folder.
        monkeypatch.delitem(sys.modules, "running_the_app")
        monkeypatch.setattr(sys, "path", [path for path in sys.path if Path(path) != folder])

        group = FlaskGroup(load_dotenv=False)
        result = flask_command(group, "--app", exercise.FLASK_TARGET, "greet", "Ada")

        assert result.exit_code == 0, result.output
        assert result.output == "Hi, Ada!\n"
