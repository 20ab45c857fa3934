"""Keep the session's id when its visitor logs in: whoever planted that id is logged in with them."""
# caught by: test_a_cookie_planted_before_a_login_gains_nothing_by_it

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

    def visit() -> dict[str, Any]:
        """Return what the store knows of this visitor."""
        session.permanent = True
        session.setdefault("id", token_urlsafe())
        return store.setdefault(session["id"], {"user": None, "cart": []})

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        visit().update(user=user, cart=[])
        return {"user": user}

    @app.get("/me")
    def me():
        return {"user": visit()["user"] or abort(401)}

    @app.post("/logout")
    def logout():
        store.pop(session.get("id"), None)
        session.clear()
        return "", 204

    @app.post("/cart")
    def add_to_cart():
        visit()["cart"].append(request.form["item"])
        return {"cart": visit()["cart"]}

    @app.get("/cart")
    def show_cart():
        return {"cart": visit()["cart"]}

    return app
