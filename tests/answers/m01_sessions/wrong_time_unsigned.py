"""Leave the time of the cookie out of its signature: whoever edits it makes an ended login valid again."""
# caught by: test_an_edited_cookie_is_ignored

import hashlib, hmac, json, time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import uuid4
from flask import Flask, abort, g, request


def create_app(secret_key, fallbacks=(), *, check_password, store):
    app = Flask(__name__)

    def mac(text, key):
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()

    def seal(visit):
        body = urlsafe_b64encode(json.dumps(visit).encode()).decode()
        return f"{body}.{int(time.time())}.{mac(body, secret_key)}"

    def unseal(cookie):
        try:
            body, stamp, tag = cookie.split(".")
            if not any(
                hmac.compare_digest(tag.encode(), mac(body, k).encode())
                for k in [secret_key, *fallbacks]
            ):
                return None
            if time.time() - int(stamp) > 1800:
                return None
            return json.loads(urlsafe_b64decode(body))
        except ValueError:
            return None

    @app.before_request
    def read():
        g.visit = {"user": None, "cart": [], "id": uuid4().hex}
        visit = unseal(request.cookies.get("session", ""))
        if visit and f"ended:{visit['id']}" not in store:
            g.visit = visit

    @app.after_request
    def write(response):
        response.set_cookie("session", seal(g.visit), secure=True, httponly=True, samesite="Lax")
        return response

    @app.post("/login")
    def login():
        user = request.form["user"]
        if not check_password(user, request.form["password"]):
            abort(401)
        g.visit = {"user": user, "cart": [], "id": uuid4().hex}
        return {"user": user}

    @app.get("/me")
    def me():
        return {"user": g.visit["user"] or abort(401)}

    @app.post("/logout")
    def logout():
        store[f"ended:{g.visit['id']}"] = True
        g.visit = {"user": None, "cart": [], "id": uuid4().hex}
        return "", 204

    @app.post("/cart")
    def add():
        g.visit["cart"].append(request.form["item"])
        return {"cart": g.visit["cart"]}

    @app.get("/cart")
    def show():
        return {"cart": g.visit["cart"]}

    return app
