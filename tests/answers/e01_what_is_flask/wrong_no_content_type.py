"""Send no Content-Type: the browser has to guess what the bytes are."""
# caught by: test_the_home_page_says_hello_world

from collections.abc import Iterable
from importlib.metadata import requires
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from packaging.requirements import Requirement


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/":
        start_response("200 OK", [])
        return [b"Hello, World!"]
    start_response("404 Not Found", [])
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
