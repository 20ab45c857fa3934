"""Copy the settings that are true: nobody can switch anything off."""
# caught by: test_every_setting_reaches_the_application

from flask import Flask


def create_app(config: dict[str, object] | None = None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    for name, value in (config or {}).items():
        if value or name == "GREETING":
            app.config[name] = value

    @app.get("/")
    def home() -> str:
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
