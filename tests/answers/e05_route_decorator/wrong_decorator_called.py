"""Call the decorator as a function: right in effect, and the step's question stays open."""
# caught by: test_the_decorator_is_not_used

from collections.abc import Callable, Iterable
from functools import wraps

from flask import Flask, abort, request
from markupsafe import escape


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


def register(
    app: Flask,
    rule: str,
    view: Callable,
    *,
    endpoint: str | None = None,
    methods: Iterable[str] = ("GET",),
) -> Callable:
    return app.route(rule, endpoint=endpoint, methods=methods)(view)


def require_header(name: str) -> Callable[[Callable], Callable]:
    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            if name not in request.headers:
                abort(401)
            return view(*args, **kwargs)

        return guarded

    return guard
