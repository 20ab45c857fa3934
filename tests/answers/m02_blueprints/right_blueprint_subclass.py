"""Write the catalog as a class of blueprints, and register one handler for each of the three codes."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, make_response, request, url_for
from werkzeug.exceptions import HTTPException, NotFound, ServiceUnavailable


@dataclass
class Repository:
    products: dict[int, str]
    closed: bool = False


class _Catalog(Blueprint):
    def __init__(self, repository: Repository) -> None:
        super().__init__("catalog", __name__)
        self.repository = repository
        self.before_request(self.check_open)
        self.add_url_rule("/products/<int:number>", view_func=_show_product, methods=["GET"])
        self.add_url_rule("/products", view_func=_list_products)

    def check_open(self):
        if self.repository.closed:
            raise ServiceUnavailable


def _products() -> dict[int, str]:
    return current_app.blueprints[request.blueprint].repository.products


def _show_product(number: int):
    if (name := _products().get(number)) is None:
        raise NotFound
    return {"name": name}


def _list_products():
    entry = f"{request.blueprint}._show_product"
    return {
        "products": [{"name": v, "url": url_for(entry, number=k)} for k, v in _products().items()]
    }


def make_catalog(repository: Repository) -> Blueprint:
    return _Catalog(repository)


def create_app(shop: Repository, admin: Repository) -> Flask:
    app = Flask(__name__)
    mounts = {"/shop": shop, "/admin/shop": admin}
    for prefix, repository in mounts.items():
        app.register_blueprint(
            make_catalog(repository), name=f"at{prefix.replace('/', '-')}", url_prefix=prefix
        )

    @app.route("/")
    def home():
        return "<h1>Welcome</h1>"

    def show_error(error: HTTPException):
        below = any(request.path.startswith(f"{prefix}/") for prefix in mounts)
        return _as_json(error) if below else make_response(error)

    for code in (
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ):
        app.register_error_handler(code, show_error)
    return app


def _as_json(error: HTTPException) -> Response:
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.mimetype = "application/json"
    return response
