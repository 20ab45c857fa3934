"""Take the cookie apart by hand: a cookie without the three parts ends in an error instead of a visit without a login."""
# caught by: test_an_edited_cookie_is_ignored

import time
from collections.abc import Callable, MutableMapping, Sequence
from datetime import timedelta
from secrets import token_urlsafe

from flask import Flask, abort, request, session

LIFETIME = timedelta(minutes=30)


def create_app(
    secret_key: str,
    fallbacks: Sequence[str] = (),
    *,
    check_password: Callable[[str, str], bool],
    store: MutableMapping[str, object],
) -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key,
        SECRET_KEY_FALLBACKS=list(fallbacks),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )

    @app.before_request
    def parse():
        if "session" in request.cookies:
            payload, stamp, signature = request.cookies["session"].lstrip(".").split(".")

    @app.before_request
    def check_login():
        if "login" not in session:
            return
        used = store.get(session["login"])
        if used is None or time.time() - used >= LIFETIME.total_seconds():
            store.pop(session["login"], None)
            session.clear()
        else:
            store[session["login"]] = time.time()

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        session.clear()
        session.permanent = True
        session["user"] = user
        session["login"] = token_urlsafe()
        store[session["login"]] = time.time()
        return {"user": user}

    @app.get("/me")
    def me():
        if "user" not in session:
            abort(401)
        return {"user": session["user"]}

    @app.post("/logout")
    def logout():
        if "login" in session:
            store.pop(session["login"], None)
        session.clear()
        return "", 204

    @app.post("/cart")
    def add_to_cart():
        session["cart"] = [*session.get("cart", []), request.form["item"]]
        return show_cart()

    @app.get("/cart")
    def show_cart():
        return {"cart": session.get("cart", [])}

    return app
