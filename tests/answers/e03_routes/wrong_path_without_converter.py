"""Leave the converter out: the varying part ends at a slash, and a file in a folder is a 404."""
# caught by: test_a_path_arrives_unchanged

from flask import Flask

AUTOMATIC_METHODS = {"HEAD", "OPTIONS"}


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

    @app.get("/files/<name>")
    def file(name: str):
        return {"file": name}

    return app


def route_table(app: Flask) -> list[tuple[str, frozenset[str], str]]:
    """List the routes of ``app`` as tuples of rule, methods and endpoint.

    The methods leave out HEAD and OPTIONS, and the list leaves out the endpoint ``static``. It is
    sorted by rule, then by endpoint. The application stays as it is.
    """
    rows = [
        (rule.rule, frozenset(rule.methods - AUTOMATIC_METHODS), rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]
    # The key leaves out the sets: `<` asks of two sets whether one is a part of the other.
    return sorted(rows, key=lambda row: (row[0], row[2]))
