"""Compare the whole Content-Type: JSON with a charset behind it is refused."""
# caught by: test_every_type_that_is_json_for_flask_is_read

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, abort, copy_current_request_context, jsonify, request
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

# The headers whose values nobody may read.
SECRET_HEADERS = {"Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"}


def safe_headers(headers: Headers) -> dict[str, str]:
    """Return the headers as they came, with ``[redacted]`` in place of each secret value.

    The names of the secret headers are those of ``SECRET_HEADERS``, in upper or lower case.
    """
    secret = {name.lower() for name in SECRET_HEADERS}
    return {
        name: "[redacted]" if name.lower() in secret else value for name, value in headers.items()
    }


def describe_request() -> dict[str, object]:
    """Return method, path, args, address and headers of the current request.

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
    """Call ``work`` in a new thread, and return what it returns."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def run_in_thread(work: Callable[[], object]) -> object:
    """Call ``work`` in a new thread that sees the current request, and return what it returns."""
    return _in_new_thread(copy_current_request_context(work))


def create_app(trusted_proxies: int = 0) -> Flask:
    """Return an application that stands behind so many proxies, all of them trusted."""
    app = Flask(__name__)
    if trusted_proxies:
        # By default ProxyFix believes X-Forwarded-Proto as well, which nobody has promised here.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted_proxies, x_proto=0)

    @app.get("/inspect")
    def inspect():
        return describe_request()

    @app.post("/echo")
    def echo():
        if request.content_type != "application/json":
            abort(415)
        return jsonify(request.get_json())

    return app
