"""Keep the cart under the user's name in the store: it comes back after log-out, and all sessions of the user share it."""
# caught by: test_a_logout_empties_the_cart, test_a_login_leaves_nothing_of_the_session_before

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
    """Return the shop.

    ``secret_key`` signs the cookies; those that a key of ``fallbacks`` has signed are read as well.
    ``check_password(user, password)`` says whether the two belong together. ``store`` holds the
    ids of the sessions that are open, each with its user.
    """
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=secret_key,
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
        if "user" in session:
            key = "cart:" + session["user"]
            store[key] = [*store.get(key, []), request.form["item"]]
            return {"cart": store[key]}
        session["cart"] = [*session.get("cart", []), request.form["item"]]
        return {"cart": session["cart"]}

    @app.get("/cart")
    def show_cart():
        if "user" in session:
            return {"cart": store.get("cart:" + session["user"], [])}
        return {"cart": session.get("cart", [])}

    return app


def _end_session(store: MutableMapping[str, object]) -> None:
    store.pop(session.get("id", ""), None)
    session.clear()
