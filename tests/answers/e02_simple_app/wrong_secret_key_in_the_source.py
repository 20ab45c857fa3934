"""Set a secret key next to the greeting: a key in the source is no secret, and Flask never says that none is set."""
# caught by: test_one_setting_changes_no_other

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!", SECRET_KEY="dev")
    app.config.from_mapping(config)

    @app.get("/")
    def index():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
