"""Escape with the standard library, name the endpoint first, and compare headers by hand."""

import html
from collections.abc import Callable, Iterable

from flask import Flask, Response, request


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        return Response("Hello, " + html.escape(name, quote=False) + "!", mimetype="text/html")

    guard = require_header("X-Api-Key")

    @app.get("/reports")
    @guard
    def reports():
        return {"reports": [2024, 2025]}

    @app.get("/reports/<int:year>")
    @guard
    def report(year: int):
        return {"report": year}

    return app


def register(
    app: Flask,
    rule: str,
    view: Callable,
    *,
    endpoint: str | None = None,
    methods: Iterable[str] = ("GET",),
) -> Callable:
    name = view.__name__ if endpoint is None else endpoint
    app.add_url_rule(rule, endpoint=name, methods=methods)
    if app.view_functions.get(name, view) is not view:
        raise AssertionError(f"the endpoint {name} is taken")
    return app.view_functions.setdefault(name, view)


def require_header(name: str) -> Callable[[Callable], Callable]:
    def guard(view: Callable) -> Callable:
        def guarded(*args, **kwargs):
            sent = {header.lower() for header, _ in request.headers}
            if name.lower() in sent:
                return view(*args, **kwargs)
            return "A key is required.", 401

        guarded.__name__ = view.__name__
        return guarded

    return guard
