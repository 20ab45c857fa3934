"""Read the environment as JSON: a key of digits becomes a number, and every request with a session fails."""
# caught by: test_the_secret_key_comes_from_the_environment

from flask import Flask, request, session


def create_app() -> Flask:
    """Return the application; its secret key is the environment variable FLASK_SECRET_KEY.

    Raises:
        RuntimeError: FLASK_SECRET_KEY is missing or empty; the message names it.
    """
    app = Flask(__name__)
    app.config.from_prefixed_env()
    if not app.secret_key:
        raise RuntimeError("FLASK_SECRET_KEY is not set: pass it to the container when it starts.")

    @app.post("/words")
    def count_words():
        """Count the words of a text, and of all that this visitor has sent so far."""
        count = len(request.get_data(as_text=True).split())
        session["total"] = session.get("total", 0) + count
        return {"words": count, "total": session["total"]}

    @app.get("/healthz")
    def healthz():
        return {"status": "ok"}

    return app
