"""Look pages up in a table, return a tuple, and read the requirements once, at import."""

from collections.abc import Iterable
from importlib.metadata import distribution
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, make_response
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_PAGES = {"/": b"Hello, World!"}
_REQUIREMENTS = [Requirement(text) for text in distribution("flask").requires or ()]


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    try:
        body, status = _PAGES[environ.get("PATH_INFO") or "/"], "200 OK"
    except KeyError:
        body, status = b"<h1>Not Found</h1>", "404 Not Found"
    start_response(status, [("Content-Type", "text/html; charset=UTF-8")])
    return (body,)


app = Flask(__name__)


@app.route("/")
def home():
    return make_response("Hello, World!", 200)


def create_app() -> Flask:
    return app


def building_blocks() -> set[str]:
    return frozenset(
        canonicalize_name(requirement.name)
        for requirement in _REQUIREMENTS
        if not requirement.marker or requirement.marker.evaluate()
    )
