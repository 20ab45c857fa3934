"""Fall back on a key for development: a container that was given none runs with one that everybody knows."""
# caught by: test_without_a_secret_key_there_is_no_application, test_without_a_key_of_its_own_the_container_ends

from flask import Flask, request, session


def create_app() -> Flask:
    """Return the application; its secret key is the environment variable FLASK_SECRET_KEY.

    Raises:
        RuntimeError: FLASK_SECRET_KEY is missing or empty; the message names it.
    """
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "dev"
    app.config.from_prefixed_env()

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
