"""Tell extras by their text and overlook other markers: a package for Python 3.9 stays in."""
# caught by: test_flask_needs_six_packages

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

    @app.get("/")
    def home():
        return "Hello, World!"

    return app


def building_blocks() -> set[str]:
    needed = [text for text in requires("flask") or [] if "extra ==" not in text]
    return {Requirement(text).name for text in needed}
