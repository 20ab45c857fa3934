"""Views and their rules: registered by hand, registered with the decorator, and guarded."""

from collections.abc import Callable, Iterable

from flask import Flask


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
    # TODO: Register the view with app.add_url_rule, and return it.
    raise NotImplementedError("register: register the view with app.add_url_rule, and return it.")


def create_app() -> Flask:
    """Return an application that greets everyone and shows reports to clients with a key."""
    app = Flask(__name__)

    @app.get("/hello/<name>")
    def hello(name: str):
        # TODO: Return the greeting, with the name escaped.
        raise NotImplementedError("GET /hello/<name>: return the greeting, with the name escaped.")

    @app.get("/reports")
    def reports():
        # TODO, further: Return the list of reports as JSON, and decorate this view.
        raise NotImplementedError(
            "GET /reports: return the list, and decorate the view with require_header."
        )

    @app.get("/reports/<int:year>")
    def report(year: int):
        # TODO, further: Return the year as JSON, and decorate this view too.
        raise NotImplementedError("GET /reports/<year>: return the year, and decorate the view.")

    return app


def require_header(name: str) -> Callable[[Callable], Callable]:
    """Return a decorator for views that answers 401 to a request without the header ``name``.

    The decorated view keeps its name, gets the same arguments and gives the same answer.
    """

    def guard(view: Callable) -> Callable:
        # TODO, further: Return a new function that checks for the header and then calls the view.
        raise NotImplementedError("require_header: return a function that checks for the header.")

    return guard
