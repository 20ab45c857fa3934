"""Strike out the one payload that everybody knows: every other tag still runs."""
# caught by: test_no_markup_from_the_path_gets_into_the_page

from collections.abc import Callable, Iterable
from functools import wraps

from flask import Flask, abort, request


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        name = name.replace("<script>", "").replace("</script>", "")
        return f"Hello, {name}!"

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
