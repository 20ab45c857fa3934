"""Write with WATCH and retry, let EXPIRE NX set the end, lock each payment, and sign a session that can be revoked."""

import json
import secrets

from flask import Blueprint, Flask, abort, current_app, request, session
from redis import RedisError, WatchError
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

LIMIT = 5
WINDOW_SECONDS = 60
KEY_SECONDS = 24 * 60 * 60
SESSION_SECONDS = 60 * 60

shop = Blueprint("shop", __name__)


def seconds_to_wait(redis, address):
    try:
        pipe = redis.pipeline()
        count, _, left = (
            pipe.incr(address).expire(address, WINDOW_SECONDS, nx=True).ttl(address).execute()
        )
    except RedisError:
        current_app.logger.warning("The limit is off: Redis is away.")
        return 0
    return left or 1 if count > LIMIT else 0


def _redis():
    return current_app.extensions["redis"]


@shop.app_errorhandler(RedisError)
def _away(error):
    return ServiceUnavailable(retry_after=5)


@shop.post("/hits")
def hit():
    with _redis().pipeline() as pipe:
        while True:
            try:
                pipe.watch("hits")
                hits = int(pipe.get("hits") or 0) + 1
                pipe.multi()
                pipe.set("hits", hits)
                pipe.execute()
            except WatchError:
                continue
            return {"hits": hits}


@shop.get("/quote")
def quote():
    if seconds := seconds_to_wait(_redis(), request.remote_addr):
        raise TooManyRequests(retry_after=seconds)
    return {"quote": "Simple is better than complex."}


@shop.post("/payments")
def pay():
    key = request.headers.get("Idempotency-Key") or abort(400)
    redis, payment = _redis(), request.get_json()
    lock = redis.lock(f"lock:{key}", timeout=KEY_SECONDS)

    # Whoever finds the lock taken may not touch the payment, but may read which one it is.
    if not lock.acquire(blocking=False):
        begun = redis.get(f"begun:{key}")
        abort(409 if begun is None or json.loads(begun) == payment else 422)
    try:
        if (done := redis.get(f"done:{key}")) is not None:
            done = json.loads(done)
            if done["payment"] != payment:
                abort(422)
            return {"receipt": done["receipt"]}, 201
        redis.set(f"begun:{key}", json.dumps(payment), ex=KEY_SECONDS)
        receipt = current_app.extensions["charge"](payment)
        if receipt is None:
            return {"error": "declined"}, 402
        done = json.dumps({"payment": payment, "receipt": receipt})
        redis.set(f"done:{key}", done, ex=KEY_SECONDS)
        return {"receipt": receipt}, 201
    finally:
        redis.delete(f"begun:{key}")
        lock.release()


@shop.post("/login")
def log_in():
    session["sid"] = secrets.token_hex()
    _redis().hset(session["sid"], "user", request.get_json()["user"])
    _redis().expire(session["sid"], SESSION_SECONDS)
    return "", 204


@shop.get("/me")
def me():
    if "sid" not in session or not (user := _redis().hget(session["sid"], "user")):
        abort(401)
    return {"user": user}


@shop.post("/logout")
def log_out():
    if sid := session.pop("sid", None):
        _redis().delete(sid)
    return "", 204


@shop.get("/livez")
def livez():
    return "", 200


@shop.get("/readyz")
def readyz():
    try:
        _redis().ping()
    except RedisError:
        return {"redis": "away"}, 503
    return {"redis": "there"}


def create_app(redis, instance, charge):
    app = Flask(__name__)
    app.secret_key = "the same at all instances"
    app.extensions["redis"] = redis
    app.extensions["charge"] = charge
    app.after_request(lambda response: response.headers.set("X-Instance", instance) or response)
    app.register_blueprint(shop)
    return app
