"""Take an empty setting for a missing one: nobody can turn the greeting off."""
# caught by: test_config_sets_the_greeting

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    config = config or {}
    app = Flask(__name__)
    app.config.from_mapping(config)
    app.config["GREETING"] = config.get("GREETING") or "Hello, World!"

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
