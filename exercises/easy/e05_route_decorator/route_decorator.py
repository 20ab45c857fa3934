"""The way from a URL to a function: with the decorator, by hand, and past a guard."""

from collections.abc import Callable, Iterable

from flask import Flask


def create_app() -> Flask:
    """Return an application that greets everyone, and shows its reports to those with a key."""
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        # TODO: Greet, with the name escaped.
        raise NotImplementedError("GET /hello/<name>: greet, with the name escaped.")

    @app.get("/reports")
    def reports():
        # TODO: Let this view wear the guard, and list the reports.
        raise NotImplementedError("GET /reports: answer with the list, behind the guard.")

    @app.get("/reports/<int:year>")
    def report(year: int):
        # TODO: Let this view wear the guard too, and answer with the year.
        raise NotImplementedError("GET /reports/<year>: answer with the year, behind the guard.")

    return app


def register(
    app: Flask,
    rule: str,
    view: Callable,
    *,
    endpoint: str | None = None,
    methods: Iterable[str] = ("GET",),
) -> Callable:
    """Map ``rule`` to ``view`` as ``app.route`` does, and return ``view`` itself.

    Without ``endpoint``, the endpoint has the name of the view.

    Raises:
        AssertionError: another view has this endpoint already.
        TypeError: ``methods`` is a string.
    """
    # TODO: Enter the view in the application's map of URLs, without the decorator.
    raise NotImplementedError("register: enter the view with app.add_url_rule, and return it.")


def require_header(name: str) -> Callable[[Callable], Callable]:
    """Return a decorator for views: a request without the header ``name`` is answered with 401.

    The guarded view keeps the name of the view, and passes its arguments and its answer on.
    """

    def guard(view: Callable) -> Callable:
        # TODO: Return a function that looks for the header, and then calls the view.
        raise NotImplementedError("require_header: return a function that guards the view.")

    return guard
