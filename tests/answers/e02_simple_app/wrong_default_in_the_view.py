"""Keep the default greeting in the view: nobody who reads app.config finds it."""
# caught by: test_the_default_greeting_is_a_setting

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(config)

    @app.get("/")
    def home() -> str:
        return app.config.get("GREETING", "Hello, World!")

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
