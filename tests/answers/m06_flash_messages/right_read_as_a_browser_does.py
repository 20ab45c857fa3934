"""Read the target as a browser does, and make the name bold with markup that escapes it."""

from collections.abc import Callable

from flask import Flask, flash, redirect, render_template, request, session, url_for
from markupsafe import Markup


def safe_next(target: str | None) -> str:
    """Return ``target`` if it is a path on this site, else "/".

    It never raises, for the target comes from a link that anybody can write, and needs no request.
    """
    read = (target or "").replace("\\", "/")
    if not read.startswith("/") or read.startswith("//") or min(read) < " ":
        return "/"
    return target


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
        if verify(name, request.form["password"]):
            session.clear()
            session["name"] = name
            flash(Markup("Welcome, <b>{}</b>.").format(name), category="success")
            response = redirect(safe_next(target))
        else:
            flash("Wrong name or password.", category="error")
            response = redirect(url_for("show_login", next=target))
        response.status_code = 303
        return response

    return app
