"""Fill the default into the caller's mapping: the next application made with it gets it too."""
# caught by: test_config_is_not_changed

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    config = {} if config is None else config
    config.setdefault("GREETING", "Hello, World!")
    app = Flask(__name__)
    app.config.from_mapping(config)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
