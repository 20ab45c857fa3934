"""Inspection: an endpoint that shows a request without the secrets in it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from werkzeug.datastructures import Headers

# The headers whose values must not be shown.
SECRET_HEADERS = {"Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"}


def safe_headers(headers: Headers) -> dict[str, str]:
    """Return the headers as they came, with ``[redacted]`` instead of each secret value.

    The secret headers are those in ``SECRET_HEADERS``, whatever the case of their names.
    """
    # TODO: Copy the headers into a dict, and redact the secret ones.
    raise NotImplementedError("safe_headers: return the headers without the secret values")


def describe_request() -> dict[str, object]:
    """Return the method, path, args, address and headers of the current request.

    Raises:
        RuntimeError: there is no current request.
    """
    # TODO: Read all five from flask.request. In args, each name has the list of all its values.
    raise NotImplementedError("describe_request: return a dict that describes the request")


def _in_new_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread, and return its result."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def run_in_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread that sees the current request; return or raise what it does."""
    # TODO, further: Make work see the current request, then pass it to _in_new_thread.
    raise NotImplementedError("run_in_thread: call work in a new thread, with the current request")


def create_app(trusted_proxies: int = 0) -> Flask:
    """Return an application that is behind this number of proxies, all of them trusted."""
    app = Flask(__name__)
    # TODO, further: Find the address of the client behind trusted_proxies.

    @app.get("/inspect")
    def inspect():
        # TODO: Return the description of the request.
        raise NotImplementedError("GET /inspect: return describe_request()")

    @app.post("/echo")
    def echo():
        # TODO: Return the JSON value in the body of the request.
        raise NotImplementedError("POST /echo: return the JSON value in the body")

    return app
