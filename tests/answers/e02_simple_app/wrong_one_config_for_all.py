"""Give every application the same configuration object."""
# caught by: test_a_change_in_one_application_leaves_the_other_alone

from flask import Flask


CONFIG: dict[str, object] = {}


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    CONFIG.clear()
    CONFIG.update(app.config)
    app.config = CONFIG
    app.config.update(GREETING="Hello, World!")
    app.config.update(config or {})

    @app.get("/")
    def home() -> str:
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
