"""Keep each page that was shown once: a product that changes or goes is shown as it was."""
# caught by: test_a_page_shows_what_the_repository_holds_now

import json
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException

SHOP = "/shop"
ADMIN_SHOP = "/admin/shop"


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

    @catalog.before_request
    def refuse_while_closed():
        if repository.closed:
            abort(503)

    @catalog.get("/products/<int:number>")
    @cache
    def show_product(number: int):
        if number not in repository.products:
            abort(404)
        return {"name": repository.products[number]}

    @catalog.get("/products")
    def list_products():
        return {
            "products": [
                {"name": name, "url": url_for(".show_product", number=number)}
                for number, name in repository.products.items()
            ]
        }

    return catalog


def create_app(shop: Repository, admin: Repository) -> Flask:
    """Return an application with a catalog of ``shop`` at /shop and of ``admin`` at /admin/shop."""
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "<h1>Welcome</h1>"

    app.register_blueprint(make_catalog(shop), url_prefix=SHOP, name="shop")
    app.register_blueprint(make_catalog(admin), url_prefix=ADMIN_SHOP, name="admin_shop")

    # On the application: a path that matches no rule, or a method that its rule does not allow,
    # belongs to no blueprint, whatever the prefix.
    @app.errorhandler(HTTPException)
    def show_error(error: HTTPException):
        if request.path.startswith((f"{SHOP}/", f"{ADMIN_SHOP}/")):
            return _as_json(error)
        return error

    return app


def _as_json(error: HTTPException) -> Response:
    """Return the error as JSON, with its status and its headers.

    The text is the name of the status: Not Found, Method Not Allowed or Service Unavailable.
    """
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.mimetype = "application/json"
    return response
