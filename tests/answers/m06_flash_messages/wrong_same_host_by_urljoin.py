"""Join the target to the own address and compare the host: Python does not read a backslash as a browser does."""
# caught by: test_what_is_no_path_on_this_site_becomes_a_slash

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from flask import Flask, flash, redirect, render_template, request, session, url_for


def safe_next(target: str | None) -> str:
    """Return ``target`` if it is a path on this site, else "/".

    It never raises, for the target comes from a link that anybody can write, and needs no request.
    """
    try:
        parts = urlsplit(urljoin("https://here.invalid/", target or ""))
    except ValueError:
        return "/"
    local = parts.scheme == "https" and parts.netloc == "here.invalid"
    return target if target and target.startswith("/") and local else "/"


def create_app(secret_key: str, verify: Callable[[str, str], bool]) -> Flask:
    """Return an application with a log-in.

    ``verify(name, password)`` says whether the two belong together.
    """
    app = Flask(__name__)
    app.secret_key = secret_key

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
        return redirect(safe_next(target), 303)

    return app
