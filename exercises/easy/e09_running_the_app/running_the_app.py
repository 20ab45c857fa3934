"""Greetings: an application run as a file, by the flask command and by a production server."""

import click
from flask import Flask, current_app

# TODO: Step 3: Write what follows `flask --app` to reach the development application.
FLASK_TARGET = ""

# TODO, further: Step 4: Write what follows `gunicorn` to reach the production application.
GUNICORN_TARGET = ""

PROFILES = {
    "development": {"GREETING": "Hi", "SESSION_COOKIE_SECURE": False},
    "production": {"GREETING": "Welcome", "SESSION_COOKIE_SECURE": True},
}


def hello(name: str) -> str:
    """Return the greeting of the application that is active."""
    return f"{current_app.config['GREETING']}, {name}!"


@click.command("greet")
@click.argument("name")
@click.option("--count", default=1, show_default=True, help="How many greetings to print.")
def greet(name: str, count: int) -> None:
    """Print a greeting for NAME, COUNT times.

    A count that is below 1 or not a whole number is an error: no greeting is printed, and the exit
    status is not 0.
    """
    # TODO: Print hello(name) as often as the count says. Above, give the option a type that
    # refuses a bad count.
    raise NotImplementedError("greet: print hello(name) as often as the count says")


def create_app(profile: str = "development") -> Flask:
    """Return an application with the settings of a profile and the command `greet`.

    Raises:
        ValueError: there is no such profile; the message names it.
    """
    app = Flask(__name__)

    @app.get("/")
    def index():
        return hello("world")

    # TODO: Refuse an unknown profile, apply the settings of a known one, and return the
    # application. Step 3 adds the command `greet` to the application.
    raise NotImplementedError("create_app: apply the settings of the profile and return the app")


def main() -> None:
    """Run the development application with Flask's own server, on 127.0.0.1."""
    # TODO: Make the application and run it.
    raise NotImplementedError("main: make the development application and call its run method")


# TODO: Step 2: Call main() here, but only when this file is run as a program.
