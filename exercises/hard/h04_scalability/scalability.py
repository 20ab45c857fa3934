"""A small shop that runs as several instances, which share nothing but one Redis."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, request
from redis import Redis

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
    # TODO: Count in Redis, and let Redis end the window (step 2).
    # TODO, further: Return 0 while Redis is away (step 5).
    raise NotImplementedError("seconds_to_wait: count the request in Redis, in a window that ends")


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

    @app.post("/hits")
    def hit():
        # TODO: Count the hit, for all instances together (step 1).
        raise NotImplementedError("POST /hits: count in Redis, and answer with the new number")

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
        # TODO, further: Charge once for each key, at whichever instance it arrives (step 4).
        raise NotImplementedError(f"POST /payments: charge {payment} once, and answer 201")

    @app.post("/login")
    def log_in():
        user = request.get_json()["user"]
        # TODO: Store the session where all instances can read it (step 3).
        raise NotImplementedError(f"POST /login: remember {user}, set a cookie, and answer 204")

    @app.get("/me")
    def me():
        # TODO: Find the user that the cookie stands for (step 3).
        raise NotImplementedError("GET /me: answer with the user who is logged in, or 401")

    @app.post("/logout")
    def log_out():
        # TODO: End the session, not only the cookie (step 3).
        raise NotImplementedError("POST /logout: end the session in Redis, and answer 204")

    @app.get("/livez")
    def livez():
        # TODO, further: Say whether the process is alive (step 5).
        raise NotImplementedError("GET /livez: answer 200 as long as the process can answer")

    @app.get("/readyz")
    def readyz():
        # TODO, further: Say whether the instance can do its work, which needs Redis (step 5).
        raise NotImplementedError("GET /readyz: answer 200 if Redis answers, otherwise 503")

    # TODO, further: Answer 503 when anything else needs Redis while it is away (step 5).
    return app
