"""Define the command in the factory, where app.cli.command brings the context."""

import sys

import click
from flask import Flask, current_app

FLASK_TARGET = "running_the_app.py:create_app('development')"
GUNICORN_TARGET = 'running_the_app:create_app(profile="production")'

PROFILES = {
    "development": {"GREETING": "Hi", "SESSION_COOKIE_SECURE": False},
    "production": {"GREETING": "Welcome", "SESSION_COOKIE_SECURE": True},
}


def hello(name: str) -> str:
    return f"{current_app.config['GREETING']}, {name}!"


def create_app(profile: str = "development") -> Flask:
    app = Flask(__name__)
    try:
        app.config.update(PROFILES[profile])
    except KeyError:
        raise ValueError(f"no such profile: {profile}") from None

    @app.get("/")
    def index():
        return hello("world")

    @app.cli.command()
    @click.argument("name")
    @click.option("--count", default="1")
    def greet(name, count):
        if not count.isdecimal() or int(count) < 1:
            sys.exit(f"{count} is not a number of greetings")
        print("\n".join([hello(name)] * int(count)))  # noqa: T201

    return app


def main() -> None:
    create_app("development").run("127.0.0.1", 5000, debug=True)


if __name__ == "__main__":
    sys.exit(main())
