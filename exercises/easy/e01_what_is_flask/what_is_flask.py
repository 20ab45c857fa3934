"""What is Flask? A page served by hand, the same page with Flask, and what Flask is made of."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request as a WSGI application (PEP 3333), without Flask.

    The path `/` gets `200 OK` with the body `Hello, World!`; every other path gets
    `404 Not Found`. Both answers are `text/html`.
    """
    # TODO: Look at the path, call start_response, and return the body as a list of bytes.
    raise NotImplementedError("plain_app: look at the path, and answer it")


def create_app() -> Flask:
    """Return a Flask application that serves the same page at `/`."""
    # TODO: Create an application, give it a view for "/", and return it.
    raise NotImplementedError('create_app: return an application with a view for "/"')


def building_blocks() -> set[str]:
    """Return the names of the packages that the installed Flask requires at run time.

    The names come from the metadata of the package, without the extras, and without whatever else
    does not apply to the running Python.
    """
    # TODO, further: Read the requirements of "flask", and return the names of those that apply here.
    raise NotImplementedError("building_blocks: return the names of what Flask requires")
