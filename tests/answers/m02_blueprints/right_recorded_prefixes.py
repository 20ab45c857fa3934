"""Let each blueprint tell the application, when it is registered, where it has been mounted."""

import json
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from werkzeug.exceptions import HTTPException, NotFound


@dataclass
class Repository:
    products: dict[int, str]
    closed: bool = False


def make_catalog(repository: Repository) -> Blueprint:
    catalog = Blueprint("catalog", __name__)

    @catalog.record
    def note_prefix(state):
        state.app.extensions.setdefault("catalogs", []).append(f"{state.url_prefix}/")

    @catalog.before_request
    def refuse():
        return abort(503) if repository.closed else None

    @catalog.route("/products/<int:number>")
    def product(number: int):
        try:
            return {"name": repository.products[number]}
        except KeyError as error:
            raise NotFound from error

    @catalog.route("/products")
    def products():
        found = []
        for number in repository.products:
            address = url_for(f"{request.blueprint}.product", number=number)
            found.append({"url": address, "name": repository.products[number]})
        return {"products": found}

    return catalog


def create_app(shop: Repository, admin: Repository) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "<h1>Welcome</h1>", endpoint="home")
    app.register_blueprint(make_catalog(shop), url_prefix="/shop")
    app.register_blueprint(make_catalog(admin), url_prefix="/admin/shop", name="admin")
    app.register_error_handler(HTTPException, lambda e: _as_json(e) if _below_a_catalog() else e)
    return app


def _below_a_catalog() -> bool:
    return request.path.startswith(tuple(current_app.extensions["catalogs"]))


def _as_json(error: HTTPException) -> Response:
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.mimetype = "application/json"
    return response
