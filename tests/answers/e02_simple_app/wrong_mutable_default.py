"""Put the default into a mutable argument: a caller with any setting of their own loses it."""
# caught by: test_the_greeting_keeps_its_default_next_to_other_settings

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] = {"GREETING": "Hello, World!"}) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(config)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
