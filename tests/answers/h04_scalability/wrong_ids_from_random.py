"""Make the session IDs with random, whose next number follows from those before."""
# caught by: test_nobody_can_guess_the_cookie

import hashlib
import json
import random
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, request
from redis import Redis, RedisError

LIMIT = 5
WINDOW_SECONDS = 60

KEY_SECONDS = 24 * 60 * 60
SESSION_SECONDS = 60 * 60


def seconds_to_wait(redis: Redis, address: str) -> int:
    key = f"limit:{address}"
    try:
        with redis.pipeline() as pipe:
            pipe.set(key, 0, nx=True, ex=WINDOW_SECONDS)
            pipe.incr(key)
            pipe.ttl(key)
            _, count, ttl = pipe.execute()
    except RedisError:
        return 0
    return 0 if count <= LIMIT else max(ttl, 1)


def create_app(
    redis: Redis, instance: str, charge: Callable[[dict[str, Any]], str | None]
) -> Flask:
    app = Flask(__name__)

    @app.after_request
    def name_the_instance(response: Response) -> Response:
        response.headers["X-Instance"] = instance
        return response

    @app.post("/hits")
    def hit():
        return {"hits": redis.incr("hits")}

    @app.get("/quote")
    def quote():
        if seconds := seconds_to_wait(redis, request.remote_addr or ""):
            return {"error": "too many requests"}, 429, {"Retry-After": str(seconds)}
        return {"quote": "Simple is better than complex."}

    @app.post("/payments")
    def pay():
        key = request.headers.get("Idempotency-Key")
        if not key:
            abort(400, "The header Idempotency-Key is missing.")
        payment = request.get_json()
        wanted = json.dumps(payment, sort_keys=True)
        name = f"payment:{key}"
        mine = json.dumps([secrets.token_hex(), wanted, None])
        while not redis.set(name, mine, nx=True, ex=KEY_SECONDS):
            stored = redis.get(name)
            if stored is None:
                continue
            _, used_for, receipt = json.loads(stored)
            if used_for != wanted:
                return {"error": "The key was used for another payment."}, 422
            if receipt is None:
                return {"error": "The payment is being charged."}, 409
            return {"receipt": receipt}, 201
        receipt = charge(payment)
        if receipt is None:
            redis.delete(name)
            return {"error": "declined"}, 402
        redis.set(name, json.dumps(["", wanted, receipt]), ex=KEY_SECONDS)
        return {"receipt": receipt}, 201

    @app.post("/login")
    def log_in():
        user = request.get_json()["user"]
        sid = "%032x" % random.getrandbits(128)
        redis.set(f"session:{sid}", json.dumps(user), ex=SESSION_SECONDS)
        response = Response(status=204)
        response.set_cookie("sid", sid, httponly=True, samesite="Lax")
        return response

    @app.get("/me")
    def me():
        sid = request.cookies.get("sid")
        user = redis.get(f"session:{sid}") if sid else None
        if user is None:
            abort(401)
        return {"user": json.loads(user)}

    @app.post("/logout")
    def log_out():
        sid = request.cookies.get("sid")
        if sid:
            redis.delete(f"session:{sid}")
        response = Response(status=204)
        response.delete_cookie("sid")
        return response

    @app.get("/livez")
    def livez():
        return {"status": "alive"}

    @app.get("/readyz")
    def readyz():
        try:
            redis.ping()
        except RedisError:
            return {"status": "redis is away"}, 503
        return {"status": "ready"}

    @app.errorhandler(RedisError)
    def redis_is_away(error):
        return {"error": "try again later"}, 503

    return app
