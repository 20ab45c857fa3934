"""Answer thirty seconds every time: who comes back then may be refused again."""
# caught by: test_a_refusal_says_how_many_seconds_are_left

import json
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, request
from redis import Redis, RedisError

# How many requests one address may send, in a window of how many seconds.
LIMIT = 5
WINDOW_SECONDS = 60

# How long an idempotency key is remembered, and how long a login lasts.
KEY_SECONDS = 24 * 60 * 60
SESSION_SECONDS = 60 * 60


def seconds_to_wait(redis: Redis, address: str) -> int:
    """Count a request from the address, and return 0 if it is within the limit.

    Otherwise, return how many seconds of the window are left, at least 1.
    """
    key = f"window:{address}"
    try:
        # One transaction: there is no moment at which the counter exists without an end.
        with redis.pipeline(transaction=True) as pipe:
            pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
            _, count, left = pipe.execute()
    except RedisError:
        return 0
    return 30 if count > LIMIT else 0


def create_app(
    redis: Redis, instance: str, charge: Callable[[dict[str, Any]], str | None]
) -> Flask:
    """Return one instance of the shop, with its own client of the Redis that all of them share.

    The client returns `str`, not `bytes` (`decode_responses=True`). ``charge(payment)`` takes the
    money and returns the receipt's number, or None if the payment is declined.
    """
    app = Flask(__name__)

    @app.after_request
    def name_the_instance(response: Response) -> Response:
        response.headers["X-Instance"] = instance
        return response

    @app.errorhandler(RedisError)
    def redis_is_away(error: RedisError):
        return {"error": "temporarily unavailable"}, 503

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
        name = f"payment:{key}"

        begun = json.dumps({"payment": payment, "receipt": None})
        if not redis.set(name, begun, nx=True, ex=KEY_SECONDS):
            # The key may have been freed since; "try again" is the right answer then, too.
            first = json.loads(redis.get(name) or begun)
            if first["payment"] != payment:
                abort(422, "This key belongs to another payment.")
            if first["receipt"] is None:
                abort(409, "This payment is being made.")
            return {"receipt": first["receipt"]}, 201

        receipt = charge(payment)
        if receipt is None:
            redis.delete(name)
            return {"error": "The payment was declined."}, 402
        redis.set(name, json.dumps({"payment": payment, "receipt": receipt}), ex=KEY_SECONDS)
        return {"receipt": receipt}, 201

    @app.post("/login")
    def log_in():
        user = request.get_json()["user"]
        sid = secrets.token_urlsafe()
        redis.set(f"session:{sid}", user, ex=SESSION_SECONDS)
        response = Response(status=204)
        response.set_cookie("sid", sid, max_age=SESSION_SECONDS, httponly=True, samesite="Lax")
        return response

    @app.get("/me")
    def me():
        user = redis.get(f"session:{request.cookies.get('sid')}")
        if user is None:
            abort(401)
        return {"user": user}

    @app.post("/logout")
    def log_out():
        redis.delete(f"session:{request.cookies.get('sid')}")
        response = Response(status=204)
        response.delete_cookie("sid")
        return response

    @app.get("/livez")
    def livez():
        return {"live": True}

    @app.get("/readyz")
    def readyz():
        redis.ping()
        return {"ready": True}

    return app
