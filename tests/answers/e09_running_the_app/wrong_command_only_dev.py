"""Give the command to the development application alone: in production there is none."""
# caught by: test_greet_belongs_to_the_application_it_was_called_on

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

FLASK_TARGET = "running_the_app"

# Unlike the flask command, gunicorn does not call a factory unless the target says so.
GUNICORN_TARGET = "running_the_app:create_app('production')"

PROFILES = {
    "development": {"GREETING": "Hi", "SESSION_COOKIE_SECURE": False},
    "production": {"GREETING": "Welcome", "SESSION_COOKIE_SECURE": True},
}


def hello(name: str) -> str:
    """Return the greeting of the application that is active."""
    return f"{current_app.config['GREETING']}, {name}!"


@click.command("greet")
@click.argument("name")
@click.option(
    "--count",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many greetings to print.",
)
@with_appcontext
def greet(name: str, count: int) -> None:
    """Print a greeting for NAME, COUNT times.

    A count that is below 1 or not a whole number is an error: no greeting is printed, and the exit
    status is not 0.
    """
    for _ in range(count):
        click.echo(hello(name))


def create_app(profile: str = "development") -> Flask:
    """Return an application with the settings of a profile and the command `greet`.

    Raises:
        ValueError: there is no such profile; the message names it.
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}, expected one of {sorted(PROFILES)}")
    app = Flask(__name__)
    app.config.from_mapping(PROFILES[profile])
    if profile == "development":
        app.cli.add_command(greet)

    @app.get("/")
    def index():
        return hello("world")

    return app


def main() -> None:
    """Run the development application with Flask's own server, on 127.0.0.1."""
    create_app().run()


if __name__ == "__main__":
    main()
