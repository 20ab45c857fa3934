"""Take the login for open at a logout: a copy that logs out once more gets a 500."""
# caught by: test_a_copy_can_log_out_once_more

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
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=30),
    )

    @app.before_request
    def drop_ended_session():
        if request.endpoint != "logout" and "id" in session and session["id"] not in store:
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
        # Flask renews the cookie at each request only if the session is permanent.
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
        # A new list, because Flask does not notice a change inside a list in the session.
        session["cart"] = [*session.get("cart", []), request.form["item"]]
        return {"cart": session["cart"]}

    @app.get("/cart")
    def show_cart():
        return {"cart": session.get("cart", [])}

    return app


def _end_session(store: MutableMapping[str, object]) -> None:
    if "id" in session:
        del store[session["id"]]
    session.clear()
