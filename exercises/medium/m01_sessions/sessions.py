"""Sessions: a shop that knows who is logged in and what is in each cart."""

from collections.abc import Callable, MutableMapping, Sequence

from flask import Flask, abort, request


def create_app(
    secret_key: str,
    fallbacks: Sequence[str] = (),
    *,
    check_password: Callable[[str, str], bool],
    store: MutableMapping[str, object],
) -> Flask:
    """Return the shop.

    ``secret_key`` signs the cookies; cookies signed with a key in ``fallbacks`` are still read.
    ``check_password(user, password)`` says whether the password is right. ``store`` holds what the
    server must remember about its logins, in any form you like. It survives a restart.
    """
    app = Flask(__name__)
    # TODO: Set the secret key. Step 3 adds the fallbacks and the cookie's attributes.
    # TODO, further: Set the 30 minutes, and check the login at every request.
    raise NotImplementedError("create_app: give Flask its secret key")

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        # TODO: Put the user into the session. Step 4 makes the session a new one.
        raise NotImplementedError("POST /login: put the user into the session and answer with it")

    @app.get("/me")
    def me():
        # TODO: Answer with the user, or with 401.
        raise NotImplementedError("GET /me: answer with the user in the session, or with 401")

    @app.post("/logout")
    def logout():
        # TODO: Empty the session.
        # TODO, further: End the login for copied cookies, too.
        raise NotImplementedError("POST /logout: empty the session and answer 204")

    @app.post("/cart")
    def add_to_cart():
        item = request.form["item"]
        # TODO: Add the item to the cart.
        raise NotImplementedError(
            f"POST /cart: add {item} to the visitor's cart and answer with the cart"
        )

    @app.get("/cart")
    def show_cart():
        # TODO: Answer with the cart.
        raise NotImplementedError("GET /cart: answer with the visitor's cart")

    return app
