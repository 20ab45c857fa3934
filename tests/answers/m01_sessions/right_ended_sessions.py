"""Remember the sessions that have ended instead of those that are open, and say when a list grows."""

from time import time
from uuid import uuid4

from flask import Flask, session
from flask import abort as stop
from flask import request as incoming


def create_app(secret_key, fallbacks=(), *, check_password, store):
    app = Flask(__name__)
    app.secret_key = secret_key
    app.config["SECRET_KEY_FALLBACKS"] = fallbacks
    app.config["SESSION_COOKIE_SECURE"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.permanent_session_lifetime = 30 * 60

    @app.before_request
    def open_session():
        session.permanent = True
        if session.get("number") in store.get("ended", {}):
            session.clear()

    @app.route("/login", methods=["POST"])
    def login():
        user = incoming.form.get("user", "")
        if not check_password(user, incoming.form.get("password", "")):
            return {"error": "wrong user or password"}, 401
        session.clear()
        session.permanent = True
        session["number"] = uuid4().hex
        session["name"] = user
        return {"user": user}

    @app.route("/me")
    def me():
        return {"user": session.get("name") or stop(401)}

    @app.route("/logout", methods=["POST"])
    def logout():
        if "number" in session:
            store.setdefault("ended", {})[session["number"]] = time()
        session.clear()
        return "", 204

    @app.get("/cart")
    def show_cart():
        return {"cart": session.setdefault("cart", [])}

    @app.post("/cart")
    def add_to_cart():
        session.setdefault("cart", []).append(incoming.form["item"])
        session.modified = True
        return show_cart()

    return app
