"""Inspection: an endpoint that shows what arrived, without the secrets in it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from werkzeug.datastructures import Headers

# The headers whose values nobody may read.
SECRET_HEADERS = {"Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"}


def safe_headers(headers: Headers) -> dict[str, str]:
    """Return the headers as they came, with ``[redacted]`` in place of each secret value.

    The names of the secret headers are those of ``SECRET_HEADERS``, in upper or lower case.
    """
    # TODO: Copy the headers into a dict, and redact the secret ones.
    raise NotImplementedError("safe_headers: return the headers without the secret values")


def describe_request() -> dict[str, object]:
    """Return method, path, args, address and headers of the current request.

    Raises:
        RuntimeError: there is no current request.
    """
    # TODO: Read the five from flask.request; each name in args has the list of all its values.
    raise NotImplementedError("describe_request: return a dict that describes the request")


def _in_new_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread, and return what it returns."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def run_in_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread that sees the current request, and return what it returns."""
    # TODO: Make work see the request, then hand it to _in_new_thread.
    raise NotImplementedError("run_in_thread: call work in a new thread, with the current request")


def create_app(trusted_proxies: int = 0) -> Flask:
    """Return an application that stands behind so many proxies, all of them trusted."""
    app = Flask(__name__)

    @app.get("/inspect")
    def inspect():
        # TODO: Answer with the description of the request.
        raise NotImplementedError("GET /inspect: answer with describe_request()")

    @app.post("/echo")
    def echo():
        # TODO: Answer with the JSON value in the body of the request.
        raise NotImplementedError("POST /echo: answer with the JSON that came in")

    return app
