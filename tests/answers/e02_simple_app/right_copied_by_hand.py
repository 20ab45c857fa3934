"""Copy one setting after the other, and answer with response objects."""

from flask import Flask, Response, current_app, jsonify


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    for name, value in dict(config or {}).items():
        app.config[name] = value

    @app.get("/")
    def home() -> Response:
        return Response(current_app.config["GREETING"])

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    return app
