"""Remember the first page: a later change of the greeting is not shown."""
# caught by: test_the_page_reads_the_greeting_at_each_request

from functools import cache

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
    @cache
    def home() -> str:
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
