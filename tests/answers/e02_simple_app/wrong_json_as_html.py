"""Write the JSON by hand: Flask sends a string as text/html, and programs do not read it."""
# caught by: test_the_health_check_answers_with_json

import json
from collections.abc import Mapping

from flask import Flask


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    app.config.from_mapping(config)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return json.dumps({"status": "ok"})

    return app
