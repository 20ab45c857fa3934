"""A log-in that says once what came of it, and leads back to the page that asked for it."""

from collections.abc import Callable

from flask import Flask, redirect, render_template, request, session, url_for


def safe_next(target: str | None) -> str:
    """Return ``target`` if it is a path on this site, else "/".

    It never raises, for the target comes from a link that anybody can write, and needs no request.
    """
    # TODO: Return the target only if a browser stays on this site with it.
    raise NotImplementedError("safe_next: return the target if it is a path on this site, else /")


def create_app(secret_key: str, verify: Callable[[str, str], bool]) -> Flask:
    """Return an application with a log-in.

    ``verify(name, password)`` says whether the two belong together.
    """
    app = Flask(__name__)
    # TODO: Set the secret key; without one there is no session, and no message.
    raise NotImplementedError("create_app: set the secret key of the application")

    @app.get("/")
    def home():
        return render_template("home.html")

    @app.get("/account")
    def account():
        if "name" not in session:
            here = request.full_path.removesuffix("?")
            return redirect(url_for("show_login", next=here), 303)
        return render_template("account.html")

    @app.get("/login")
    def show_login():
        return render_template("login.html", next=request.args.get("next", ""))

    @app.post("/login")
    def log_in():
        # TODO: Ask `verify`, flash what came of it, and redirect.
        raise NotImplementedError("POST /login: log the visitor in, flash a message and redirect")

    return app
