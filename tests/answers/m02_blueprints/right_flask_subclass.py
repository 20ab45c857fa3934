"""Give the application a class of its own that answers errors, and keep the repositories in it."""

import json
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException


@dataclass
class Repository:
    products: dict[int, str]
    closed: bool = False


def make_catalog(repository: Repository) -> Blueprint:
    catalog = Blueprint(f"catalog_{id(repository):x}", __name__)

    @catalog.url_value_preprocessor
    def look_up(endpoint: str, values: dict | None):
        if repository.closed:
            abort(503)
        if values and "number" in values and values["number"] not in repository.products:
            abort(404)

    @catalog.get("/products/<int:number>")
    def show_product(number: int):
        return {"name": repository.products[number]}

    @catalog.get("/products")
    def list_products():
        urls = {n: url_for(".show_product", number=n) for n in repository.products}
        return {"products": [{"name": repository.products[n], "url": urls[n]} for n in urls]}

    return catalog


class _Shop(Flask):
    prefixes = ("/shop", "/admin/shop")

    def handle_http_exception(self, error: HTTPException):
        if any(request.path.startswith(prefix + "/") for prefix in self.prefixes):
            return _as_json(error)
        return super().handle_http_exception(error)


def create_app(shop: Repository, admin: Repository) -> Flask:
    app = _Shop(__name__)

    @app.get("/")
    def home():
        return "<h1>Welcome</h1>"

    for prefix, repository in zip(app.prefixes, (shop, admin), strict=True):
        name = prefix.strip("/").replace("/", "_")
        app.register_blueprint(make_catalog(repository), url_prefix=prefix, name=name)
    return app


def _as_json(error: HTTPException) -> Response:
    headers = [h for h in error.get_headers() if h[0] != "Content-Type"]
    body = json.dumps({"error": error.name})
    return Response(body, error.code, headers, content_type="application/json")
