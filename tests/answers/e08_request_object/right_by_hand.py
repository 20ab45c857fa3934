"""Count the proxies by hand, parse the body with json, and give the thread a copy of the context."""

import json
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread

from flask import Flask, Response, abort, current_app, request
from werkzeug.datastructures import Headers

SECRET_HEADERS = {"Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"}


def safe_headers(headers: Headers) -> dict[str, str]:
    safe = dict(headers.items())
    for given in safe:
        if any(given.casefold() == secret.casefold() for secret in SECRET_HEADERS):
            safe[given] = "[redacted]"
    return safe


def _address() -> str | None:
    trusted = current_app.config["TRUSTED_PROXIES"]
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    entries = [entry.strip() for entry in forwarded if entry.strip()]
    if 0 < trusted <= len(entries):
        return entries[-trusted]
    return request.environ["REMOTE_ADDR"]


def describe_request() -> dict[str, object]:
    return dict(
        headers=safe_headers(request.headers),
        address=_address(),
        args={name: request.args.getlist(name) for name in request.args},
        path=request.path,
        method=request.method,
    )


def run_in_thread(work: Callable[[], object]) -> object:
    context = copy_context()
    outcome: Future[object] = Future()

    def settle() -> None:
        try:
            outcome.set_result(context.run(work))
        except BaseException as error:
            outcome.set_exception(error)

    Thread(target=settle).start()
    return outcome.result()


def create_app(trusted_proxies: int = 0) -> Flask:
    app = Flask(__name__)
    app.config["TRUSTED_PROXIES"] = trusted_proxies

    @app.get("/inspect")
    def inspect():
        return Response(json.dumps(describe_request()), content_type="application/json")

    @app.post("/echo")
    def echo():
        if not request.is_json:
            abort(415)
        try:
            value = json.loads(request.get_data())
        except ValueError:
            return {"error": "This is not JSON."}, 400
        return json.dumps(value), {"Content-Type": "application/json; charset=utf-8"}

    return app
