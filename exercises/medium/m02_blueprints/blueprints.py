"""Blueprints: a catalog of products that is written once and mounted where it is needed."""

import json
from dataclasses import dataclass

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException


@dataclass
class Repository:
    """The products of one catalog by their numbers, and whether the catalog is closed for now."""

    products: dict[int, str]
    closed: bool = False


def make_catalog(repository: Repository) -> Blueprint:
    """Return a blueprint that shows the products of ``repository``.

    It works in any application, under any prefix and any name.
    """
    catalog = Blueprint("catalog", __name__)

    @catalog.get("/products/<int:number>")
    def show_product(number: int):
        # TODO: Answer with the product, or 404.
        raise NotImplementedError("show_product: answer with the product of that number, or 404")

    @catalog.get("/products")
    def list_products():
        # TODO: Answer with all products and the addresses of their pages.
        raise NotImplementedError("list_products: answer with each product's name and url")

    return catalog


def create_app(shop: Repository, admin: Repository) -> Flask:
    """Return an application with a catalog of ``shop`` at /shop and one of ``admin`` at /admin/shop."""
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "<h1>Welcome</h1>"

    # TODO: Mount a catalog of the shop; in step 2 one of the admin, too. Step 4 adds a handler.
    raise NotImplementedError("create_app: register a catalog of the shop at /shop")

    return app


def _as_json(error: HTTPException) -> Response:
    """Return the error as JSON, with its status and its headers."""
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.mimetype = "application/json"
    return response
