"""Ask for the messages of each category, and check the target part by part."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, flash, redirect, render_template, request, session, url_for


def safe_next(target: str | None) -> str:
    """Return ``target`` if it is a path on this site, else "/".

    It never raises, for the target comes from a link that anybody can write, and needs no request.
    """
    target = target or ""
    try:
        parts = urlsplit(target.replace("\\", "/"))
    except ValueError:
        return "/"
    elsewhere = parts.scheme or parts.netloc or parts.path.startswith("//")
    if elsewhere or not target.startswith("/") or any(c < " " for c in target):
        return "/"
    # Slashes right after an empty host are part of the path for Python, and of the host for a browser.
    return "/" if target[1:2] in ("/", "\\") else target


def create_app(secret_key: str, verify: Callable[[str, str], bool]) -> Flask:
    """Return an application with a log-in.

    ``verify(name, password)`` says whether the two belong together.
    """
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY=secret_key)

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
        name, target = request.form["name"], request.form.get("next")
        if not verify(name, request.form["password"]):
            flash("Wrong name or password.", "error")
            return redirect(url_for("show_login", next=target), 303)
        session["name"] = name
        flash(f"Welcome, {name}.", "success")
        return redirect(safe_next(target), HTTPStatus.SEE_OTHER)

    return app
