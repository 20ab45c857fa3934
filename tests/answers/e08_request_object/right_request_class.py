"""Describe the request in a class of its own, send the body back as it came, and use asyncio."""

import asyncio
from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, jsonify, request
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

SECRET_HEADERS = {"Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"}
_SECRET = frozenset(map(str.upper, SECRET_HEADERS))


class _Inspected(Request):
    def described(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "path": self.path,
            "args": dict(self.args.lists()),
            "address": self.remote_addr,
            "headers": safe_headers(self.headers),
        }


def safe_headers(headers: Headers) -> dict[str, str]:
    result = {}
    for name in headers.keys():
        result[name] = "[redacted]" if name.upper() in _SECRET else headers[name]
    return result


def describe_request() -> dict[str, object]:
    return request.described()


def run_in_thread(work: Callable[[], object]) -> object:
    return asyncio.run(asyncio.to_thread(work))


def create_app(trusted_proxies: int = 0) -> Flask:
    app = Flask(__name__)
    app.request_class = _Inspected
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted_proxies, x_proto=0)

    @app.route("/inspect")
    def inspect():
        return jsonify(describe_request())

    @app.route("/echo", methods=["POST"])
    def echo():
        request.get_json()
        return Response(request.get_data(), mimetype="application/json")

    return app
