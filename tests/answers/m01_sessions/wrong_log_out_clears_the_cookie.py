"""Clear the session at log-out and nothing else: a copy of the cookie is as good as before."""
# caught by: test_a_cookie_copied_before_a_logout_is_refused_after_it, test_a_logout_ends_what_was_made_of_a_copied_cookie

from collections.abc import Callable, MutableMapping, Sequence
from datetime import timedelta

from flask import Flask, abort, request, session


def create_app(
    secret_key: str,
    fallbacks: Sequence[str] = (),
    *,
    check_password: Callable[[str, str], bool],
    store: MutableMapping[str, object],
) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        SECRET_KEY_FALLBACKS=list(fallbacks),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=30),
    )

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        session.clear()
        session["user"] = user
        # Only the cookie of a permanent session is renewed by each request.
        session.permanent = True
        return {"user": user}

    @app.get("/me")
    def me():
        if "user" not in session:
            abort(401)
        return {"user": session["user"]}

    @app.post("/logout")
    def logout():
        session.clear()
        return "", 204

    @app.post("/cart")
    def add_to_cart():
        # A new list: Flask does not notice when one that is in the session already grows.
        session["cart"] = [*session.get("cart", []), request.form["item"]]
        return {"cart": session["cart"]}

    @app.get("/cart")
    def show_cart():
        return {"cart": session.get("cart", [])}

    return app
