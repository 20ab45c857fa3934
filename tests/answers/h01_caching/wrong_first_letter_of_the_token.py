"""Take a part of the token for the customer: others have the same part."""
# caught by: test_customers_with_the_same_favorite_share_no_entry

from collections.abc import Callable
from functools import wraps
from uuid import uuid4

from flask import Flask, abort, current_app, g, jsonify, request
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

# The customer behind each token, and the favorite category of each customer.
TOKENS = {"ada-7f3a": "ada", "bob-91c2": "bob"}
FAVORITES = {"ada": "tea", "bob": "coffee"}

cache = Cache()


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class Product(db.Model):
    """A product that the shop sells."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    reviews: Mapped[list["Review"]] = relationship()

    def as_dict(self) -> dict[str, object]:
        """Return the product as clients see it."""
        return {
            "id": self.id,
            "name": self.name,
            "category": self.category,
            "reviews": len(self.reviews),
        }


class Review(db.Model):
    """A customer's review of a product."""

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    stars: Mapped[int]


def create_app(database_uri: str, redis: Redis) -> Flask:
    """Return the application of one worker. All workers use the same database and the same Redis.

    ``redis`` returns bytes (``decode_responses`` is off), as Flask-Caching requires.
    """
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_uri
    db.init_app(app)
    with app.app_context():
        db.create_all()
    cache.init_app(app, {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_HOST": redis})

    @app.get("/products")
    @cache.cached(
        60, make_cache_key=lambda: _list_key(request.args.get("category")), response_filter=_ok
    )
    def list_products():
        category = request.args.get("category")
        query = select(Product).order_by(Product.id)
        if category is not None:
            query = query.filter_by(category=category)
        products = _load(query)
        if not products:
            return {"error": "There is nothing in this category."}, 404
        return products

    @app.get("/products/<int:number>")
    @cache.cached(
        60,
        make_cache_key=_page_key,
        response_filter=_ok,
        unless=lambda: "visitor" not in request.cookies,
    )
    def show_product(number: int):
        response = jsonify(db.get_or_404(Product, number).as_dict())
        if "visitor" not in request.cookies:
            response.set_cookie("visitor", uuid4().hex)
        return response

    @app.get("/me/recommendations")
    @_customers_only
    @cache.cached(
        60,
        make_cache_key=lambda: f"recommendations/{request.authorization.token[:1]}",
        response_filter=_ok,
    )
    def recommend():
        query = select(Product).filter_by(category=FAVORITES[g.customer]).order_by(Product.id)
        products = _load(query)
        products.sort(key=lambda product: product["reviews"], reverse=True)
        return {"for": g.customer, "products": products[:3]}

    @app.put("/products/<int:number>")
    def change_product(number: int):
        product = db.get_or_404(Product, number)
        keys = [_page_key(number), _list_key(None), _list_key(product.category)]
        product.name, product.category = request.json["name"], request.json["category"]
        db.session.commit()
        for key in [*keys, _list_key(product.category)]:
            cache.delete(key)
        return product.as_dict()

    return app


def _customers_only(view: Callable) -> Callable:
    """Answer 401 to a request without a known token; else set ``g.customer`` and call the view."""

    @wraps(view)
    def guarded(*args, **kwargs):
        token = request.authorization.token if request.authorization else None
        if token not in TOKENS:
            abort(401)
        g.customer = TOKENS[token]
        return view(*args, **kwargs)

    return guarded


def _load(query: Select) -> list[dict[str, object]]:
    """Return the products of a query as clients see them."""
    return [
        product.as_dict()
        for product in db.session.scalars(query.options(selectinload(Product.reviews)))
    ]


def _list_key(category):
    return "list" if category is None else f"list/{category}"


def _page_key(number):
    return f"page/{number}"


def _ok(answer):
    response = current_app.make_response(answer)
    return response.status_code == 200 and "Set-Cookie" not in response.headers
