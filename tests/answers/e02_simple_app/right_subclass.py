"""Make a subclass of Flask with its own default settings, and an application for the command line."""

from collections.abc import Mapping

from flask import Flask, Response


class _SimpleApp(Flask):
    default_config = {**Flask.default_config, "GREETING": "Hello, World!"}

    def home(self) -> Response:
        return Response(self.config["GREETING"])

    def health(self) -> Response:
        return Response('{"status": "ok"}\n', mimetype="application/json")


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    app = _SimpleApp("simple_app")
    for name in config or ():
        app.config[name] = config[name]
    app.add_url_rule("/", view_func=app.home)
    app.add_url_rule("/health", view_func=app.health)
    return app


app = create_app()
