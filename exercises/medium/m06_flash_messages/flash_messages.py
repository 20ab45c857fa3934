"""A log-in that shows its result once, and leads back to the page that asked for it."""

from collections.abc import Callable

from flask import Flask, redirect, render_template, request, session, url_for


def safe_next(target: str | None) -> str:
    """Return ``target`` if it is a path on this site, otherwise "/".

    It never raises, because anybody can write a link with any target. It needs no request.
    """
    # TODO, further: Return the target only if it keeps a browser on this site.
    raise NotImplementedError("safe_next: return the target if it is a path on this site, or /")


def create_app(secret_key: str, verify: Callable[[str, str], bool]) -> Flask:
    """Return an application with a log-in.

    ``verify(name, password)`` returns whether the two belong together.
    """
    app = Flask(__name__)
    # TODO: Set the secret key; without it there is no session, and so no message.
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
        # TODO: Store the name, flash and redirect (step 1), if `verify` agrees (2).
        # TODO, further: Redirect to the page that they came for.
        raise NotImplementedError("POST /login: store the name, flash a message and redirect")

    return app
