"""Compare the whole address instead of the path: a link with a query string finds no page."""
# caught by: test_a_query_string_is_not_part_of_the_path

from collections.abc import Iterable
from importlib.metadata import requires
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from packaging.requirements import Requirement


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["REQUEST_URI"] == "/":
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b"Hello, World!"]
    start_response("404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
    return [b"Not Found"]


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "Hello, World!"

    return app


def building_blocks() -> set[str]:
    requirements = map(Requirement, requires("flask") or [])
    return {r.name for r in requirements if r.marker is None or r.marker.evaluate()}
