"""Write the table down by hand: it is right for one application, until somebody adds a route."""
# caught by: test_a_row_is_a_rule_with_its_methods_and_its_endpoint

from flask import Flask


def create_app() -> Flask:
    """Return an application with a view for each address in the README."""
    app = Flask(__name__)

    @app.get("/about")
    def about():
        return "About us"

    @app.get("/team/")
    def team():
        return "Our team"

    @app.post("/team/")
    def join_team():
        return "Welcome"

    @app.get("/users/<int:user_id>")
    def user(user_id: int):
        return {"user": user_id}

    @app.get("/users/me")
    def me():
        return {"user": "me"}

    @app.get("/files/<path:name>")
    def file(name: str):
        return {"file": name}

    return app


def route_table(app: Flask) -> list[tuple[str, frozenset[str], str]]:
    """List the routes of ``app`` as tuples of rule, methods and endpoint.

    The methods leave out HEAD and OPTIONS, and the list leaves out the endpoint ``static``. It is
    sorted by rule, then by endpoint. The application stays as it is.
    """
    get, post = frozenset({"GET"}), frozenset({"POST"})
    return [
        ("/about", get, "about"),
        ("/files/<path:name>", get, "file"),
        ("/team/", post, "join_team"),
        ("/team/", get, "team"),
        ("/users/<int:user_id>", get, "user"),
        ("/users/me", get, "me"),
    ]
