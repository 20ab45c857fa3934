"""Read FLASK_DEBUG by hand, without all the words that Flask understands: yes leaves debug mode off."""
# caught by: test_flask_reads_debug_mode_from_the_environment

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config["GREETING"] = "Hello, World!"
    app.config.from_mapping(config)
    import os

    if "DEBUG" not in (config or {}):
        app.debug = os.environ.get("FLASK_DEBUG", "0").lower() in ("1", "true")

    @app.get("/")
    def index():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
