"""Keep the last use in a dict of the application: after a restart, an unused login is fresh again."""
# caught by: test_a_login_that_ended_by_itself_stays_ended

from collections.abc import Callable, MutableMapping, Sequence
from datetime import timedelta
from secrets import token_urlsafe
from time import time

from flask import Flask, abort, request, session


def create_app(
    secret_key: str,
    fallbacks: Sequence[str] = (),
    *,
    check_password: Callable[[str, str], bool],
    store: MutableMapping[str, object],
) -> Flask:
    """Return the shop.

    ``secret_key`` signs the cookies; cookies signed with a key in ``fallbacks`` are still read.
    ``check_password(user, password)`` says whether the password is right. ``store`` holds the ids
    of the open logins, each with its user.
    """
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        SECRET_KEY_FALLBACKS=list(fallbacks),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )

    used = {}

    @app.before_request
    def drop_ended_session():
        session_id = session.get("id")
        if session_id is None:
            return
        if session_id not in store or time() - used.get(session_id, time()) > 30 * 60:
            store.pop(session_id, None)
            session.clear()
        else:
            used[session_id] = time()

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        _end_session(store)
        session_id = token_urlsafe()
        store[session_id] = user
        used[session_id] = time()
        session.update(id=session_id, user=user)
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
        # A new list, because Flask does not notice a change inside a list in the session.
        session["cart"] = [*session.get("cart", []), request.form["item"]]
        return {"cart": session["cart"]}

    @app.get("/cart")
    def show_cart():
        return {"cart": session.get("cart", [])}

    return app


def _end_session(store: MutableMapping[str, object]) -> None:
    store.pop(session.get("id", ""), None)
    session.clear()
