"""Write the pages as classes, mount the second catalog inside a blueprint, and mend errors at the end."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, jsonify, request, url_for
from flask.views import MethodView


@dataclass
class Repository:
    products: dict[int, str]
    closed: bool = False


class _Page(MethodView):
    def __init__(self, repository: Repository) -> None:
        self.repository = repository


class _Product(_Page):
    def get(self, number: int):
        if number not in self.repository.products:
            abort(404)
        return jsonify(name=self.repository.products[number])


class _Products(_Page):
    def get(self):
        entries = self.repository.products.items()
        return {"products": [{"name": name, "url": self._address(n)} for n, name in entries]}

    def _address(self, number: int) -> str:
        return url_for(".product", number=number)


def make_catalog(repository: Repository) -> Blueprint:
    catalog = Blueprint("products", __name__, url_prefix="/shop")
    catalog.before_request(lambda: abort(503) if repository.closed else None)
    catalog.add_url_rule("/products", view_func=_Products.as_view("products", repository))
    catalog.add_url_rule(
        "/products/<int:number>", view_func=_Product.as_view("product", repository)
    )
    return catalog


def create_app(shop: Repository, admin: Repository) -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "<h1>Welcome</h1>"

    back_office = Blueprint("admin", __name__, url_prefix="/admin")
    back_office.register_blueprint(make_catalog(admin))
    app.register_blueprint(make_catalog(shop))
    app.register_blueprint(back_office)

    @app.after_request
    def put_errors_into_json(response: Response) -> Response:
        below = request.path.startswith(("/shop/", "/admin/shop/"))
        if response.status_code >= 400 and below:
            text = HTTPStatus(response.status_code).phrase
            response.set_data(json.dumps({"error": text}))
            response.content_type = "application/json; charset=utf-8"
        return response

    return app
