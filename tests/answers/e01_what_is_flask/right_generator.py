"""Yield the body, register the view by hand, and read the raw metadata."""

from collections.abc import Iterable
from importlib.metadata import metadata
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response
from packaging.requirements import Requirement

PAGE = "Hello, World!"


def plain_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = PAGE.encode() if environ["PATH_INFO"] == "/" else b"Nothing here"
    length = ("Content-Length", str(len(body)))
    status = "404 Not Found" if body != PAGE.encode() else "200 OK"
    start_response(status, [("content-type", "text/html"), length])
    yield body[:5]
    yield body[5:]


def create_app() -> Flask:
    app = Flask("hello", static_folder=None)
    app.add_url_rule("/", view_func=lambda: Response(PAGE), endpoint="home", methods=["GET"])
    return app


def building_blocks() -> set[str]:
    names = set()
    for line in metadata("Flask").get_all("Requires-Dist", []):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            names.add(requirement.name)
    return names
