"""Put each decision into a Lua script, which Redis runs as one command, and keep a payment as a hash."""

import hashlib
import json
import uuid

from flask import Flask, jsonify, make_response, request
from redis.exceptions import RedisError

LIMIT = 5
WINDOW_SECONDS = 60
KEY_SECONDS = 24 * 60 * 60
SESSION_SECONDS = 60 * 60

_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""

_CLAIM = """
if redis.call('HSETNX', KEYS[1], 'body', ARGV[1]) == 1 then
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    return {'mine'}
end
return {'taken', redis.call('HGET', KEYS[1], 'body'), redis.call('HGET', KEYS[1], 'receipt')}
"""


def seconds_to_wait(redis, address):
    try:
        count, left = redis.eval(_COUNT, 1, f"limit:{address}", WINDOW_SECONDS * 1000)
    except RedisError:
        return 0
    # Rounded up: nobody should come back too early.
    return -(-left // 1000) if count > LIMIT else 0


def create_app(redis, instance, charge):
    app = Flask(__name__)
    claim = redis.register_script(_CLAIM)
    app.register_error_handler(RedisError, lambda error: ("Redis is away", 503))

    @app.after_request
    def name_the_instance(response):
        response.headers["X-Instance"] = instance
        return response

    @app.post("/hits")
    def hit():
        return jsonify(hits=redis.hincrby("counters", "hits", 1))

    @app.get("/quote")
    def quote():
        if seconds := seconds_to_wait(redis, request.remote_addr):
            return "Too many requests", 429, {"Retry-After": seconds}
        return "Simple is better than complex."

    @app.post("/payments")
    def pay():
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return "No Idempotency-Key", 400
        payment = request.get_json()
        digest = hashlib.sha256(json.dumps(payment, sort_keys=True).encode()).hexdigest()
        name = f"idempotency:{key}"

        match claim(keys=[name], args=[digest, KEY_SECONDS]):
            case ["taken", body, *_] if body != digest:
                return "The key was used for something else", 422
            case ["taken", _, str(receipt)]:
                return jsonify(receipt=receipt), 201
            case ["taken", *_]:
                return "In progress", 409

        receipt = charge(payment)
        if receipt is None:
            redis.unlink(name)
            return "Declined", 402
        redis.hset(name, "receipt", receipt)
        return jsonify(receipt=receipt), 201

    @app.post("/login")
    def log_in():
        token = str(uuid.uuid4())
        redis.setex(f"login:{token}", SESSION_SECONDS, request.get_json()["user"])
        response = make_response("", 204)
        response.set_cookie("token", token)
        return response

    @app.get("/me")
    def me():
        token = request.cookies.get("token")
        user = redis.get(f"login:{token}") if token else None
        return (jsonify(user=user), 200) if user else ("", 401)

    @app.post("/logout")
    def log_out():
        redis.delete(f"login:{request.cookies.get('token')}")
        return "", 204

    @app.get("/livez")
    def livez():
        return "alive"

    @app.get("/readyz")
    def readyz():
        return "ready" if redis.ping() else ("not ready", 503)

    return app
