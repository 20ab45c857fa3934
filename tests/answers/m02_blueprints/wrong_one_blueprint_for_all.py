"""Make one blueprint when the module is imported and hand it its repository later: the last one wins in both places."""
# caught by: test_each_catalog_shows_its_own_products, test_two_applications_share_nothing

import json
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.exceptions import HTTPException

SHOP = "/shop"
ADMIN_SHOP = "/admin/shop"


@dataclass
class Repository:
    """The products of one catalog by their numbers, and whether the catalog is closed for now."""

    products: dict[int, str]
    closed: bool = False


_repository = Repository({})
_catalog = Blueprint("catalog", __name__)


@_catalog.before_request
def _refuse_while_closed():
    if _repository.closed:
        abort(503)


@_catalog.get("/products/<int:number>")
def _show_product(number: int):
    if number not in _repository.products:
        abort(404)
    return {"name": _repository.products[number]}


@_catalog.get("/products")
def _list_products():
    return {
        "products": [
            {"name": name, "url": url_for("._show_product", number=number)}
            for number, name in _repository.products.items()
        ]
    }


def make_catalog(repository: Repository) -> Blueprint:
    global _repository
    _repository = repository
    return _catalog


def create_app(shop: Repository, admin: Repository) -> Flask:
    """Return an application with a catalog of ``shop`` at /shop and one of ``admin`` at /admin/shop."""
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "<h1>Welcome</h1>"

    app.register_blueprint(make_catalog(shop), url_prefix=SHOP, name="shop")
    app.register_blueprint(make_catalog(admin), url_prefix=ADMIN_SHOP, name="admin_shop")

    # On the application: an address that no route has, and a method that none takes, belong to no
    # blueprint, whatever their prefix.
    @app.errorhandler(HTTPException)
    def show_error(error: HTTPException):
        if request.path.startswith((f"{SHOP}/", f"{ADMIN_SHOP}/")):
            return _as_json(error)
        return error

    return app


def _as_json(error: HTTPException) -> Response:
    """Return the error as JSON, with its status and its headers."""
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.mimetype = "application/json"
    return response
