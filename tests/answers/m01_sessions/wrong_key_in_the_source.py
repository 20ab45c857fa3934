"""Write the key into the source: whoever reads the repository can sign a cookie for any user."""
# caught by: test_a_cookie_is_read_with_the_fallbacks_and_no_other_key

from collections.abc import Callable, MutableMapping, Sequence
from datetime import timedelta
from secrets import token_urlsafe

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
        SECRET_KEY="dev",
        SECRET_KEY_FALLBACKS=list(fallbacks),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=30),
    )

    @app.before_request
    def drop_session_that_was_ended():
        if "id" in session and session["id"] not in store:
            session.clear()

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        _end_session(store)
        session_id = token_urlsafe()
        store[session_id] = user
        session.update(id=session_id, user=user)
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
        _end_session(store)
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


def _end_session(store: MutableMapping[str, object]) -> None:
    store.pop(session.get("id", ""), None)
    session.clear()
