"""Read the path from REQUEST_URI: only some servers send it, and with others each request ends in a KeyError."""
# caught by: test_the_home_page_says_hello_world

from collections.abc import Iterable
from importlib.metadata import requires
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from packaging.requirements import Requirement


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["REQUEST_URI"].split("?")[0] == "/":
        status, body = "200 OK", b"Hello, World!"
    else:
        status, body = "404 Not Found", b"There is no such page."
    start_response(status, [("Content-Type", "text/html; charset=utf-8")])
    return [body]


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def index():
        return "Hello, World!"

    return app


def building_blocks() -> set[str]:
    found = set()
    for text in requires("flask"):
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate():
            found.add(requirement.name)
    return found
