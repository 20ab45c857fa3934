"""A simple application: a page for people, data for programs, and a factory that makes it."""

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. It is only read, and not kept. The one
    setting of the application's own is `GREETING`, the text of the page at `/`.
    """
    # TODO: Make an application, give it its pages, and return it. The README goes step by step.
    raise NotImplementedError("create_app: make an application, return it")
