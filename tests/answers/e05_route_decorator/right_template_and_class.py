"""Let Jinja escape, let a class be the guard, and answer 401 with a response of one's own."""

from collections.abc import Callable, Iterable
from functools import update_wrapper

from flask import Flask, jsonify, make_response, render_template_string, request


class _Guarded:
    def __init__(self, view: Callable, header: str) -> None:
        update_wrapper(self, view)
        self._view = view
        self._header = header

    def __call__(self, *args, **kwargs):
        if request.headers.get(self._header) is None:
            return make_response({"error": "key required"}, 401)
        return self._view(*args, **kwargs)


def create_app() -> Flask:
    app = Flask(__name__)

    @app.route("/hello/<name>")
    def hello(name: str):
        return render_template_string("Hello, {{ name }}!", name=name)

    @require_header("X-Api-Key")
    def reports():
        return jsonify(reports=[2024, 2025])

    @require_header("X-Api-Key")
    def report(year: int):
        return jsonify(report=year)

    register(app, "/reports", reports)
    register(app, "/reports/<int:year>", report)
    return app


def register(
    app: Flask,
    rule: str,
    view: Callable,
    *,
    endpoint: str | None = None,
    methods: Iterable[str] = ("GET",),
) -> Callable:
    app.add_url_rule(
        rule,
        view_func=view,
        endpoint=endpoint or view.__name__,
        methods=methods,
        strict_slashes=True,
    )
    return view


def require_header(name: str) -> Callable[[Callable], Callable]:
    return lambda view: _Guarded(view, name)
