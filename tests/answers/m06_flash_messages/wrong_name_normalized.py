"""Normalize the name: the session has other characters than those that were typed."""
# caught by: test_a_name_is_kept_as_it_was_typed

import re
import unicodedata
from collections.abc import Callable

from flask import Flask, flash, redirect, render_template, request, session, url_for

# A slash, followed by neither a slash nor a backslash, which a browser treats as one. No control
# characters anywhere, because a browser removes tabs and line breaks before it reads an address.
LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f]*")


def safe_next(target: str | None) -> str:
    """Return ``target`` if it is a path on this site, otherwise "/".

    It never raises, because anybody can write a link with any target. It needs no request.
    """
    return target if target and LOCAL_PATH.fullmatch(target) else "/"


def create_app(secret_key: str, verify: Callable[[str, str], bool]) -> Flask:
    """Return an application with a log-in.

    ``verify(name, password)`` returns whether the two belong together.
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
        name = unicodedata.normalize("NFKC", request.form["name"])
        target = request.form.get("next")
        if not verify(name, request.form["password"]):
            flash("Wrong name or password.", "error")
            return redirect(url_for("show_login", next=target), 303)
        session["name"] = name
        flash(f"Welcome, {name}.", "success")
        return redirect(safe_next(target), 303)

    return app
