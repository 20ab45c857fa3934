"""Ask the caller's dictionary at each request: a later change shows through."""
# caught by: test_a_later_change_of_config_does_not_reach_the_application

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    app.config.from_mapping(config)

    @app.get("/")
    def home() -> str:
        return str((config or {}).get("GREETING", app.config["GREETING"]))

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
