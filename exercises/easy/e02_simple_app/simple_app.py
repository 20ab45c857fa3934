"""A simple application: a page for people, data for programs, and a factory that creates it."""

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    # TODO: Create an application, add its pages, and return it. Begin with step 1 of the README.
    raise NotImplementedError("create_app: create an application with its pages, and return it")
