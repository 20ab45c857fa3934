"""Write down what pip lists next to Flask: extras are no part of it."""
# caught by: test_flask_needs_six_packages

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask


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
    return {
        "asgiref",
        "blinker",
        "click",
        "itsdangerous",
        "jinja2",
        "markupsafe",
        "python-dotenv",
        "werkzeug",
    }
