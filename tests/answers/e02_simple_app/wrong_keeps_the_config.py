"""Read the caller's mapping in the view: a change of it, anywhere, changes the running page."""
# caught by: test_a_later_change_of_config_does_not_reach_the_application, test_the_page_reads_the_greeting_at_each_request

from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    config = {} if config is None else config
    app = Flask(__name__)
    app.config.from_mapping(config)

    @app.get("/")
    def home():
        return config.get("GREETING", "Hello, World!")

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
