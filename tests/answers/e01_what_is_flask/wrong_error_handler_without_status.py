"""Return a friendly error page without its status: the handler turns Flask's 404 into a 200."""
# caught by: test_flask_answers_404_for_every_other_path

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

    @app.errorhandler(404)
    def page_not_found(error):
        return "There is no such page."

    return app


def building_blocks() -> set[str]:
    requirements = map(Requirement, requires("flask") or [])
    return {r.name for r in requirements if r.marker is None or r.marker.evaluate()}
