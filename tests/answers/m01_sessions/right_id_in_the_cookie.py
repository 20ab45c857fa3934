"""Keep an id alone in Flask's session, a new one for each log-in; user and cart stand in the store."""

from collections.abc import Callable, MutableMapping, Sequence
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from flask import Flask, abort, request, session


def create_app(
    secret_key: str,
    fallbacks: Sequence[str] = (),
    *,
    check_password: Callable[[str, str], bool],
    store: MutableMapping[str, Any],
) -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key,
        SECRET_KEY_FALLBACKS=list(fallbacks),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=30),
    )

    def begin(**record: Any) -> None:
        store.pop(session.get("id"), None)
        session["id"] = token_urlsafe()
        session.permanent = True
        store[session["id"]] = {"user": None, "cart": [], **record}

    def current() -> dict[str, Any]:
        return store.get(session.get("id"), {"user": None, "cart": []})

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        begin(user=user)
        return {"user": user}

    @app.get("/me")
    def me():
        user = current()["user"]
        return ({"user": user}, 200) if user else ({}, 401)

    @app.post("/logout")
    def logout():
        store.pop(session.pop("id", None), None)
        return "", 204

    @app.post("/cart")
    def add_to_cart():
        if session.get("id") not in store:
            begin()
        current()["cart"].append(request.form["item"])
        return {"cart": current()["cart"]}

    @app.get("/cart")
    def show_cart():
        return {"cart": current()["cart"]}

    return app
