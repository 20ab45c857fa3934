"""Start the server when the module is imported: whoever imports it waits forever, tests included."""
# caught by: test_the_home_page_says_hello_world

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


app = create_app()
app.run(debug=True)
