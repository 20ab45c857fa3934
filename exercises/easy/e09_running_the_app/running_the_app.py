"""Greetings: one application, run as a file, by the flask command and by a production server."""

import click
from flask import Flask, current_app

# TODO: Step 3, what follows `flask --app` to reach the development application.
FLASK_TARGET = ""

# TODO: Step 4, what follows `gunicorn` to reach the production application.
GUNICORN_TARGET = ""

PROFILES = {
    "development": {"GREETING": "Hi", "SESSION_COOKIE_SECURE": False},
    "production": {"GREETING": "Welcome", "SESSION_COOKIE_SECURE": True},
}


def hello(name: str) -> str:
    """Return the greeting of the current application; there has to be an application context."""
    return f"{current_app.config['GREETING']}, {name}!"


@click.command("greet")
@click.argument("name")
@click.option("--count", default=1, show_default=True, help="How many greetings to print.")
def greet(name: str, count: int) -> None:
    """Greet NAME on the terminal, on as many lines as the count says.

    A count that is no whole number, or is below 1, greets nobody and exits with a status that
    tells of an error.
    """
    # TODO: Print hello(name), in an application context; refuse a bad count.
    raise NotImplementedError("greet: print hello(name) as many times as the count says")


def create_app(profile: str = "development") -> Flask:
    """Return an application with the settings of a profile and the command `greet`.

    Raises:
        ValueError: there is no such profile; the message names it.
    """
    app = Flask(__name__)

    @app.get("/")
    def index():
        return hello("world")

    # TODO: Take the settings of the profile, or refuse it; in step 3, add the command `greet`.
    raise NotImplementedError("create_app: take the settings of the profile and return the app")


def main() -> None:
    """Run the development application with Flask's own server, on 127.0.0.1."""
    # TODO: Make the application and run it; below, have `python running_the_app.py` call main().
    raise NotImplementedError("main: make the development application and call its method run")
