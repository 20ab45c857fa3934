"""Memoize the functions that load the data, and delete single calls with `delete_memoized`."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from uuid import uuid4

from flask import Flask, abort, g, jsonify, request
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from redis.exceptions import RedisError
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

    @cache.memoize(60, response_filter=bool)
    def list_of(category):
        query = select(Product).order_by(Product.id)
        if category is not None:
            query = query.filter_by(category=category)
        return _load(query)

    @cache.memoize(60)
    def page_of(number):
        return db.get_or_404(Product, number).as_dict()

    @cache.memoize(60)
    def liked_by(customer):
        query = select(Product).filter_by(category=FAVORITES[customer]).order_by(Product.id)
        products = _load(query)
        products.sort(key=lambda product: product["reviews"], reverse=True)
        return {"for": customer, "products": products[:3]}

    def once(function, argument):
        try:
            key = function.make_cache_key(function.uncached, argument)
            found = cache.get(key)
            if found is not None:
                return found
            with redis.lock(f"lock-{function.__name__}-{argument!r}", timeout=30):
                return function(argument)
        except RedisError:
            return function.uncached(argument)

    @app.get("/products")
    def list_products():
        products = once(list_of, request.args.get("category"))
        if not products:
            return {"error": "There is nothing in this category."}, 404
        return products

    @app.get("/products/<int:number>")
    def show_product(number: int):
        response = jsonify(once(page_of, number))
        if "visitor" not in request.cookies:
            response.set_cookie("visitor", uuid4().hex)
        return response

    @app.get("/me/recommendations")
    @_customers_only
    def recommend():
        return once(liked_by, g.customer)

    @app.put("/products/<int:number>")
    def change_product(number: int):
        product = db.get_or_404(Product, number)
        old = product.category
        product.name, product.category = request.json["name"], request.json["category"]
        db.session.commit()
        with suppress(RedisError):
            cache.delete_memoized(page_of, number)
            for category in (None, old, product.category):
                cache.delete_memoized(list_of, category)
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
    products = db.session.scalars(query.options(selectinload(Product.reviews)))
    return [product.as_dict() for product in products]
