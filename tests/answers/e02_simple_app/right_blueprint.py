"""Keep the views in a blueprint, which reads the settings of the application that serves it."""

from collections.abc import Mapping

from flask import Blueprint, Flask, current_app, jsonify

_pages = Blueprint("pages", __name__)


@_pages.route("/")
def _home():
    return current_app.config["GREETING"], 200, {"Content-Type": "text/plain; charset=utf-8"}


@_pages.route("/health")
def _health():
    return jsonify(status="ok")


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config.update({"GREETING": "Hello, World!", **(config or {})})
    app.register_blueprint(_pages)
    return app


if __name__ == "__main__":
    create_app().run()
