"""Write route() with methods and explicit endpoints, and make the table of named tuples."""

from operator import attrgetter
from typing import NamedTuple

from flask import Flask, Response, json


class _Route(NamedTuple):
    rule: str
    methods: frozenset[str]
    endpoint: str


def create_app() -> Flask:
    app = Flask(__name__)

    @app.route("/about", methods=["GET"])
    def about():
        return Response("About us")

    @app.route("/team/", endpoint="team", methods=["GET"])
    def show():
        return "Our team"

    @app.route("/team/", endpoint="join_team", methods=["POST"])
    def join():
        return Response("Welcome", mimetype="text/plain")

    @app.route("/files/<path:name>", endpoint="file")
    def find(name: str):
        return Response(json.dumps({"file": name}), mimetype="application/json")

    @app.route("/users/<int:user_id>", endpoint="user")
    def show_user(user_id: int):
        return {"user": user_id}

    @app.route("/users/me")
    def me():
        return {"user": "me"}

    return app


def route_table(app: Flask) -> list[tuple[str, frozenset[str], str]]:
    found = {
        _Route(rule.rule, frozenset(rule.methods).difference({"HEAD", "OPTIONS"}), rule.endpoint)
        for rule in app.url_map.iter_rules()
    }
    kept = [route for route in found if route.endpoint != "static"]
    return sorted(kept, key=attrgetter("rule", "endpoint"))
