"""What is Flask? A page served by hand, the same page with Flask, and what Flask is made of."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request as a WSGI application (PEP 3333), without Flask.

    The path `/` answers `200 OK` with the page `Hello, World!`, every other path `404 Not Found`;
    both are `text/html`.
    """
    # TODO: Look at the path, call start_response, and return the page in a list, as bytes.
    raise NotImplementedError("plain_app: look at the path, and answer it")


def create_app() -> Flask:
    """Return a Flask application that serves the same page at `/`."""
    # TODO: Make an application, give it a view for "/", and return it.
    raise NotImplementedError('create_app: make an application with a view for "/"')


def building_blocks() -> set[str]:
    """Return the names of the packages that the installed Flask requires at run time.

    They come from the metadata of the package. Extras, and what this Python does not need, are
    left out.
    """
    # TODO: Read the requirements of "flask" and return the names of those that count here.
    raise NotImplementedError("building_blocks: read what Flask requires")
