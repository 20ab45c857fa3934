"""Set the default last: what the caller asks for is overwritten."""
# caught by: test_config_sets_the_greeting

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(config)
    app.config.from_mapping(GREETING="Hello, World!")

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
