"""Collect settings in a mutable argument: it is made once, and remembers every call."""
# caught by: test_the_settings_of_one_application_do_not_reach_the_next

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None, settings={}) -> Flask:
    app = Flask(__name__)
    settings.setdefault("GREETING", "Hello, World!")
    settings.update(config or {})
    app.config.from_mapping(settings)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
