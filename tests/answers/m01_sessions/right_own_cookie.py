"""Sign a cookie of one's own in two functions around each request, and end log-ins by id."""

from functools import partial
from uuid import uuid4

from flask import Flask, abort, g, request
from itsdangerous import BadData, URLSafeTimedSerializer


def create_app(secret_key, fallbacks=(), *, check_password, store):
    app = Flask(__name__)
    signer = URLSafeTimedSerializer([*fallbacks, secret_key], salt="shop")

    @app.before_request
    def read_cookie():
        g.visit = {"user": None, "cart": [], "id": uuid4().hex}
        try:
            visit = signer.loads(request.cookies.get("session", ""), max_age=30 * 60)
        except BadData:
            return
        if f"ended:{visit['id']}" not in store:
            g.visit = visit

    @app.after_request
    def write_cookie(response):
        set_cookie = partial(response.set_cookie, secure=True, httponly=True, samesite="Lax")
        set_cookie("session", signer.dumps(g.visit))
        return response

    @app.post("/login")
    def login():
        name = request.form["user"]
        if not check_password(name, request.form["password"]):
            abort(401)
        g.visit = {"user": name, "cart": [], "id": uuid4().hex}
        return {"user": name}

    @app.get("/me")
    def me():
        name = g.visit["user"]
        return {"user": name} if name else ("", 401)

    @app.post("/logout")
    def logout():
        store[f"ended:{g.visit['id']}"] = True
        g.visit = {"user": None, "cart": [], "id": uuid4().hex}
        return "", 204

    @app.route("/cart", methods=["GET", "POST"])
    def cart():
        if request.method == "POST":
            g.visit["cart"].append(request.form["item"])
        return {"cart": g.visit["cart"]}

    return app
