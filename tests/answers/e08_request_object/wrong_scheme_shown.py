"""Leave the first word of a secret value, such as Bearer."""
# caught by: test_secrets_are_redacted

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, copy_current_request_context, jsonify, request
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

# The headers whose values must not be shown.
SECRET_HEADERS = {"Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"}


def safe_headers(headers: Headers) -> dict[str, str]:
    """Return the headers as they came, with ``[redacted]`` instead of each secret value.

    The secret headers are those in ``SECRET_HEADERS``, whatever the case of their names.
    """
    secret = {name.lower() for name in SECRET_HEADERS}
    return {
        name: f"{value.partition(' ')[0]} [redacted]"
        if name.lower() in secret and " " in value
        else "[redacted]"
        if name.lower() in secret
        else value
        for name, value in headers.items()
    }


def describe_request() -> dict[str, object]:
    """Return the method, path, args, address and headers of the current request.

    Raises:
        RuntimeError: there is no current request.
    """
    return {
        "method": request.method,
        "path": request.path,
        "args": request.args.to_dict(flat=False),
        "address": request.remote_addr,
        "headers": safe_headers(request.headers),
    }


def _in_new_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread, and return its result."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def run_in_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread that sees the current request; return or raise what it does."""
    return _in_new_thread(copy_current_request_context(work))


def create_app(trusted_proxies: int = 0) -> Flask:
    """Return an application that is behind this number of proxies, all of them trusted."""
    app = Flask(__name__)
    if trusted_proxies:
        # By default, ProxyFix also trusts X-Forwarded-Proto, which these proxies may not set.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted_proxies, x_proto=0)

    @app.get("/inspect")
    def inspect():
        return describe_request()

    @app.post("/echo")
    def echo():
        return jsonify(request.get_json())

    return app
