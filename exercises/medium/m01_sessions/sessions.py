"""Sessions: a shop that knows who has logged in and what is in each cart."""

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

    ``secret_key`` signs the cookies; those that a key of ``fallbacks`` has signed are read as well.
    ``check_password(user, password)`` says whether the two belong together. ``store`` holds what
    the server must remember of its sessions, in any form you like: it outlives a restart.
    """
    app = Flask(__name__)
    # TODO: Set the key. Steps 3 and 5 add the fallbacks, the cookie's flags and the 30 minutes.
    raise NotImplementedError("create_app: give Flask its secret key")

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        # TODO: Remember the user.
        raise NotImplementedError("POST /login: keep the user in the session and answer with it")

    @app.get("/me")
    def me():
        # TODO: Answer with the user, or 401.
        raise NotImplementedError("GET /me: answer with the user whom the session knows, or 401")

    @app.post("/logout")
    def logout():
        # TODO: End the session.
        raise NotImplementedError("POST /logout: end the session and answer 204")

    @app.post("/cart")
    def add_to_cart():
        item = request.form["item"]
        # TODO: Add the item to the cart.
        raise NotImplementedError(
            f"POST /cart: add {item} to the visitor's cart and answer with it"
        )

    @app.get("/cart")
    def show_cart():
        # TODO: Answer with the cart.
        raise NotImplementedError("GET /cart: answer with the visitor's cart")

    return app
