"""Take the greeting and drop the rest: a secret key from the caller never arrives."""
# caught by: test_every_setting_reaches_the_application

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config["GREETING"] = (config or {}).get("GREETING", "Hello, World!")

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
