"""Switch off the answer to OPTIONS: nobody can ask what the page allows."""
# caught by: test_flask_tells_which_methods_a_page_allows

from collections.abc import Iterable
from importlib.metadata import requires
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from packaging.requirements import Requirement


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request as a WSGI application (PEP 3333), without Flask.

    The path `/` gets `200 OK` with the body `Hello, World!`; every other path gets
    `404 Not Found`. Both answers are `text/html`.
    """
    if environ["PATH_INFO"] == "/":
        status, page = "200 OK", b"Hello, World!"
    else:
        status, page = "404 Not Found", b"There is no such page."
    start_response(status, [("Content-Type", "text/html; charset=utf-8")])
    return [page]


def create_app() -> Flask:
    """Return a Flask application that serves the same page at `/`."""
    app = Flask(__name__)

    @app.get("/", provide_automatic_options=False)
    def home() -> str:
        return "Hello, World!"

    return app


def building_blocks() -> set[str]:
    """Return the names of the packages that the installed Flask requires at run time.

    The names come from the metadata of the package, without the extras, and without whatever else
    does not apply to the running Python.
    """
    requirements = map(Requirement, requires("flask") or [])
    return {r.name for r in requirements if r.marker is None or r.marker.evaluate()}
