"""Cut the name to fit the page: a long one is not greeted."""
# caught by: test_a_browser_shows_the_name_as_it_was_typed

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
    """Map ``rule`` to ``view`` as ``app.route`` does, and return ``view`` itself.

    If ``endpoint`` is ``None``, the endpoint has the name of the view.

    Raises:
        AssertionError: another view already has this endpoint.
        TypeError: ``methods`` is a string.
    """
    app.add_url_rule(rule, endpoint, view, methods=methods)
    return view


def create_app() -> Flask:
    """Return an application that greets everyone and shows reports to clients with a key."""
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        return f"Hello, {escape(name[:80])}!"

    # The route is the outermost decorator, so that Flask gets the guarded view.
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
    """Return a decorator for views that answers 401 to a request without the header ``name``.

    The decorated view keeps its name, gets the same arguments and gives the same answer.
    """

    def guard(view: Callable) -> Callable:
        @wraps(view)  # Flask names the endpoint after the function.
        def guarded(*args, **kwargs):
            if name not in request.headers:
                abort(401)
            return view(*args, **kwargs)

        return guarded

    return guard
