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

    It works in any application, below any fixed prefix and under any name.
    """
    catalog = Blueprint("catalog", __name__)

    @catalog.get("/products/<int:number>")
    def show_product(number: int):
        # TODO: Answer with the product, or with 404 (step 1).
        raise NotImplementedError("show_product: answer with the product, or with 404")

    @catalog.get("/products")
    def list_products():
        # TODO: Answer with all products and the paths of their pages (step 2).
        raise NotImplementedError("list_products: answer with each product's name and url")

    # TODO: Answer 503 to every request for the catalog while it is closed (step 3).
    return catalog


def create_app(shop: Repository, admin: Repository) -> Flask:
    """Return an application with a catalog of ``shop`` at /shop and of ``admin`` at /admin/shop."""
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "<h1>Welcome</h1>"

    # TODO: Register a catalog of the shop. Step 2 adds a catalog of the admin, step 4 an error
    # handler that uses _as_json.
    raise NotImplementedError("create_app: register a catalog of the shop at /shop")

    return app


def _as_json(error: HTTPException) -> Response:
    """Return the error as JSON, with its status and its headers.

    The text is the name of the status: Not Found, Method Not Allowed or Service Unavailable.
    """
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.mimetype = "application/json"
    return response
