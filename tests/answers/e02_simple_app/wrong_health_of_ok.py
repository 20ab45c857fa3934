"""Answer the health check with a text in JSON."""
# caught by: test_the_health_check_says_ok

from flask import Flask, Response, jsonify


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    app.config.from_mapping(config)

    @app.get("/")
    def home() -> str:
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> Response:
        return jsonify("ok")

    return app
