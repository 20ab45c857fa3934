"""Put DEBUG among the defaults once there are settings: FLASK_DEBUG is overruled by silence."""
# caught by: test_flask_reads_debug_mode_from_the_environment

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    if config:
        app.config.from_mapping({"DEBUG": False, **config})

    @app.get("/")
    def home() -> str:
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
