"""Accept any header that begins with the name: X-Api-Key-Id passes for X-Api-Key."""
# caught by: test_each_guard_asks_for_its_own_header

from collections.abc import Callable, Iterable
from functools import wraps

from flask import Flask, abort, request
from markupsafe import escape


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


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        return f"Hello, {escape(name)}!"

    @app.get("/reports")
    @require_header("X-Api-Key")
    def reports():
        return {"reports": [2024, 2025]}

    @app.get("/reports/<int:year>")
    @require_header("X-Api-Key")
    def report(year: int):
        return {"report": year}

    return app


def require_header(name: str) -> Callable[[Callable], Callable]:
    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            if not any(h.lower().startswith(name.lower()) for h, _ in request.headers):
                abort(401)
            return view(*args, **kwargs)

        return guarded

    return guard
