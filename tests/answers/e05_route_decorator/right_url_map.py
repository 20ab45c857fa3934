"""Escape with the standard library, write to the URL map directly, and compare headers by hand."""

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
    if isinstance(methods, str):
        raise TypeError("methods must be a list")
    name = view.__name__ if endpoint is None else endpoint
    if app.view_functions.get(name, view) is not view:
        raise AssertionError(f"the endpoint {name} is taken")
    app.url_map.add(app.url_rule_class(rule, endpoint=name, methods=set(methods)))
    app.view_functions[name] = view
    return view


def require_header(name: str) -> Callable[[Callable], Callable]:
    def guard(view: Callable) -> Callable:
        def guarded(**kwargs):
            sent = {header.lower() for header, _ in request.headers}
            if name.lower() in sent:
                return view(**kwargs)
            return "A key is required.", 401

        guarded.__name__ = view.__name__
        return guarded

    return guard
