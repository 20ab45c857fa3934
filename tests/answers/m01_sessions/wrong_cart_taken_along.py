"""Take the cart along into the new session, as shops like to do: the next user of the browser gets it."""
# caught by: test_a_login_leaves_nothing_of_the_session_before

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

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        cart = session.get("cart", [])
        session.clear()
        session["cart"] = cart
        session["user"] = user
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
