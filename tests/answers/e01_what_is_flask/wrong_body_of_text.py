"""Return the page as text: WSGI carries bytes, and a server cannot send it."""
# caught by: test_the_home_page_says_hello_world

from collections.abc import Iterable
from importlib.metadata import requires
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from packaging.requirements import Requirement


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [("Content-Type", "text/html; charset=utf-8")]
    if environ["PATH_INFO"] == "/":
        start_response("200 OK", headers)
        return ["Hello, World!"]
    start_response("404 Not Found", headers)
    return ["Not Found"]


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "Hello, World!"

    return app


def building_blocks() -> set[str]:
    requirements = map(Requirement, requires("flask") or [])
    return {r.name for r in requirements if r.marker is None or r.marker.evaluate()}
