"""Put the guard above the route: Flask has the bare view, and anyone reads the reports."""
# caught by: test_a_report_page_answers_401_without_the_header

from collections.abc import Callable, Iterable
from functools import wraps

from flask import Flask, abort, request
from markupsafe import escape


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        return f"Hello, {escape(name)}!"

    @require_header("X-Api-Key")
    @app.get("/reports")
    def reports():
        return {"reports": [2024, 2025]}

    @require_header("X-Api-Key")
    @app.get("/reports/<int:year>")
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
    app.add_url_rule(rule, endpoint, view, methods=methods)
    return view


def require_header(name: str) -> Callable[[Callable], Callable]:
    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            if name not in request.headers:
                abort(401)
            return view(*args, **kwargs)

        return guarded

    return guard
