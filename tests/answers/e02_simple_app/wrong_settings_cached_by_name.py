"""Keep one application for each set of settings, and return it again."""
# caught by: test_a_change_in_one_application_leaves_the_other_alone

from flask import Flask


_made: dict[str, Flask] = {}


def create_app(config: dict[str, object] | None = None) -> Flask:
    return _made.setdefault(repr(config), _create(config))


def _create(config: dict[str, object] | None) -> Flask:
    """Return a new application that answers at `/` and at `/health`.

    `config` holds settings that override the defaults. The factory copies them and does not change
    `config`. The application defines one setting itself: `GREETING`, the text of the page at `/`.
    """
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    app.config.from_mapping(config)

    @app.get("/")
    def home() -> str:
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
