"""Accept PATCH for a user, too: a page that is only read takes a method that changes something."""
# caught by: test_a_page_that_is_only_read_refuses_other_methods

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

    @app.route("/users/<int:user_id>", methods=["GET", "PATCH"])
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

    The methods do not include HEAD and OPTIONS, and the list does not include the endpoint
    ``static``. It is sorted by rule, then by endpoint. The application is not changed.
    """
    rows = [
        (rule.rule, frozenset(rule.methods - AUTOMATIC_METHODS), rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]
    # The key leaves out the sets: between two sets, `<` means "is a proper subset of".
    return sorted(rows, key=lambda row: (row[0], row[2]))
