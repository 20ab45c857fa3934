"""Print at import: every command, test and worker that imports the module says it again."""
# caught by: test_importing_the_module_prints_nothing

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
        return {"status": "ok"}

    return app


print("simple_app is loaded")
