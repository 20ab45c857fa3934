"""Turn debug mode on in the source: it stays on in production, and error pages are bypassed."""
# caught by: test_debug_mode_is_off

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!", DEBUG=True)
    app.config.from_mapping(config)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
