"""Update the defaults in place: the settings of one application become the defaults of the next."""
# caught by: test_the_settings_of_one_application_do_not_reach_the_next

from collections.abc import Mapping

from flask import Flask


DEFAULTS = {"GREETING": "Hello, World!"}


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    DEFAULTS.update(config or {})
    app.config.from_mapping(DEFAULTS)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
