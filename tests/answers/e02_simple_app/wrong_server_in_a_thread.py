"""Serve an application in a thread from the import on."""
# caught by: test_importing_the_module_starts_no_server

import threading

from flask import Flask
from werkzeug.serving import make_server


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
        return app.config["GREETING"]

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


threading.Thread(
    target=make_server("127.0.0.1", 0, create_app()).serve_forever, daemon=True
).start()
