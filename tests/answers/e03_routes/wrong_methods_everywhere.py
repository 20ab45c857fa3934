"""Give every view GET and POST: what only reads answers to a POST, and nobody ever joins."""
# caught by: test_joining_the_team_is_a_post_to_the_same_address

from flask import Flask

AUTOMATIC_METHODS = {"HEAD", "OPTIONS"}


def create_app() -> Flask:
    """Return an application with a view for each address in the README."""
    app = Flask(__name__)

    @app.route("/about", methods=["GET", "POST"])
    def about():
        return "About us"

    @app.route("/team/", methods=["GET", "POST"])
    def team():
        return "Our team"

    @app.route("/team/", methods=["GET", "POST"])
    def join_team():
        return "Welcome"

    @app.route("/users/<int:user_id>", methods=["GET", "POST"])
    def user(user_id: int):
        return {"user": user_id}

    @app.route("/users/me", methods=["GET", "POST"])
    def me():
        return {"user": "me"}

    @app.route("/files/<path:name>", methods=["GET", "POST"])
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
