"""Read the key by name, and answer /healthz with a text."""

import os

from flask import Flask, request, session


def create_app() -> Flask:
    key = os.environ.get("FLASK_SECRET_KEY")
    if not key:
        raise RuntimeError("Start the container with FLASK_SECRET_KEY.")
    app = Flask(__name__)
    app.secret_key = key

    @app.post("/words")
    def count_words():
        count = len(request.get_data(as_text=True).split())
        session["total"] = session.get("total", 0) + count
        return {"words": count, "total": session["total"]}

    app.add_url_rule("/healthz", view_func=lambda: "fine")
    return app
