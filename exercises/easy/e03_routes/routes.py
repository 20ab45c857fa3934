"""Routes: pages with addresses of their own, and a table of all routes."""

from flask import Flask


def create_app() -> Flask:
    """Return an application with a view for each address in the README."""
    app = Flask(__name__)

    @app.get("/about")
    def about():
        return "About us"

    # TODO: Replace the next line with the views of steps 1 and 2.
    raise NotImplementedError("create_app: write the view `team` here, like `about` above")

    return app


def route_table(app: Flask) -> list[tuple[str, frozenset[str], str]]:
    """List the routes of ``app`` as tuples of rule, methods and endpoint.

    The methods do not include HEAD and OPTIONS, and the list does not include the endpoint
    ``static``. It is sorted by rule, then by endpoint. The application is not changed.
    """
    # TODO, further: Turn the rules of the application's URL map into sorted tuples.
    raise NotImplementedError("route_table: turn the rules in app.url_map into sorted tuples")
