"""Keep the views outside the factory, and register them one by one with add_url_rule."""

from flask import Flask, jsonify


def _about():
    return "About us", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _team():
    return "Our team"


def _join_team():
    return "Welcome"


def _user(user_id):
    return jsonify(user=user_id)


def _me():
    return jsonify(user="me")


def _file(name):
    return jsonify({"file": name})


def create_app() -> Flask:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/users/me", "me", _me)
    app.add_url_rule("/users/<int:user_id>", "user", _user)
    app.add_url_rule("/files/<path:name>", "file", _file)
    app.add_url_rule("/about", "about", _about)
    app.add_url_rule("/team/", "join_team", _join_team, methods=["POST"])
    app.add_url_rule("/team/", "team", _team)
    return app


def route_table(app: Flask) -> list[tuple[str, frozenset[str], str]]:
    table = []
    for endpoint in app.view_functions:
        if endpoint == "static":
            continue
        for rule in app.url_map.iter_rules(endpoint):
            methods = frozenset(m for m in rule.methods if m not in ("HEAD", "OPTIONS"))
            table.append((rule.rule, methods, endpoint))
    table.sort(key=lambda row: row[2])
    table.sort(key=lambda row: row[0])
    return table
