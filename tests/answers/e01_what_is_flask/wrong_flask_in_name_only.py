"""Put the plain application in the place of Flask's: HEAD sends a body, POST finds a page."""
# caught by: test_flask_answers_head_without_a_body

from collections.abc import Iterable
from importlib.metadata import requires
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from packaging.requirements import Requirement


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/":
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b"Hello, World!"]
    start_response("404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
    return [b"Not Found"]


def create_app() -> Flask:
    app = Flask(__name__)
    app.wsgi_app = plain_app
    return app


def building_blocks() -> set[str]:
    requirements = map(Requirement, requires("flask") or [])
    return {r.name for r in requirements if r.marker is None or r.marker.evaluate()}
