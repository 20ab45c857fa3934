"""Write the greeting a second time, from a closure: a change of `hello` does not reach the command."""
# caught by: test_greet_prints_what_hello_returns

import click
from flask import Flask, current_app

FLASK_TARGET = "running_the_app"

# Unlike the flask command, gunicorn calls no factory by itself.
GUNICORN_TARGET = "running_the_app:create_app('production')"

PROFILES = {
    "development": {"GREETING": "Hi", "SESSION_COOKIE_SECURE": False},
    "production": {"GREETING": "Welcome", "SESSION_COOKIE_SECURE": True},
}


def hello(name: str) -> str:
    """Return the greeting of the current application; there has to be an application context."""
    return f"{current_app.config['GREETING']}, {name}!"


def create_app(profile: str = "development") -> Flask:
    """Return an application with the settings of a profile and the command `greet`.

    Raises:
        ValueError: there is no such profile; the message names it.
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}, expected one of {sorted(PROFILES)}")
    app = Flask(__name__)
    app.config.from_mapping(PROFILES[profile])

    @click.command("greet")
    @click.argument("name")
    @click.option("--count", default=1, type=click.IntRange(min=1))
    def greet(name: str, count: int) -> None:
        for _ in range(count):
            click.echo(f"{app.config['GREETING']}, {name}!")

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
