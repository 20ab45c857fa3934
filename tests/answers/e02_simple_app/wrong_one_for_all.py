"""Return the application of the module: all callers, and all tests, share it and its settings."""
# caught by: test_a_change_in_one_application_leaves_the_other_alone

from collections.abc import Mapping

from flask import Flask


app = Flask(__name__)
app.config["GREETING"] = "Hello, World!"


@app.get("/")
def home():
    return app.config["GREETING"]


@app.get("/health")
def health():
    return {"status": "ok"}


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app.config.from_mapping(config)
    return app
