"""Delete the lock, whoever has it: a worker that finishes late takes it from the next one."""
# caught by: test_who_finishes_late_leaves_the_lock_to_the_next

import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from uuid import uuid4

from flask import Flask, abort, current_app, g, jsonify, request
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

# How long an answer is kept, and how long a worker may compute before another one tries, in seconds.
KEEP = 60
LOCK = 20

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
    @_kept(redis, lambda: _list_key(request.args.get("category")))
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
    def show_product(number: int):
        response = jsonify(load_page(number=number))
        if "visitor" not in request.cookies:  # Outside the cache: a cookie is for one visitor.
            response.set_cookie("visitor", uuid4().hex)
        return response

    @_kept(redis, lambda number: _page_key(number))
    def load_page(number: int):
        return db.get_or_404(Product, number).as_dict()

    @app.get("/me/recommendations")
    @_customers_only
    @_kept(redis, lambda: f"recommendations/{g.customer}")
    def recommend():
        query = select(Product).filter_by(category=FAVORITES[g.customer]).order_by(Product.id)
        products = _load(query)
        products.sort(key=lambda product: product["reviews"], reverse=True)
        return {"for": g.customer, "products": products[:3]}

    @app.put("/products/<int:number>")
    def change_product(number: int):
        product = db.get_or_404(Product, number)
        outdated = {_page_key(number), _list_key(None), _list_key(product.category)}
        product.name, product.category = request.json["name"], request.json["category"]
        outdated.add(_list_key(product.category))
        db.session.commit()
        with suppress(RedisError):  # Stale entries expire by themselves.
            cache.unlink(*outdated)
        return product.as_dict()

    return app


def _page_key(number: int) -> str:
    return f"page/{number}"


def _list_key(category: str | None) -> str:
    return "list" if category is None else f"list/{category}"


def _kept(redis: Redis, make_key: Callable[..., str]) -> Callable[[Callable], Callable]:
    """Return a decorator that caches the answers of a function and lets one worker compute each.

    ``make_key`` gets the arguments of the function and returns the key of its answer.
    """
    look = cache.cached(make_cache_key=make_key, response_filter=lambda answer: False)
    look_and_keep = cache.cached(KEEP, make_cache_key=make_key, response_filter=_is_for_everybody)

    def decorate(view: Callable) -> Callable:
        kept_view = look_and_keep(view)

        @look
        @wraps(view)
        def compute_once(**arguments):
            name = f"lock/{make_key(**arguments)}"
            try:
                while not redis.set(name, 1, nx=True, ex=LOCK):
                    time.sleep(0.02)
            except RedisError:  # Without Redis the shop is slow, but it answers.
                return view(**arguments)
            try:
                return kept_view(**arguments)  # Looks again: others may have stored it.
            finally:
                with suppress(RedisError):  # The lock has expired, or Redis is down.
                    redis.delete(name)

        return compute_once

    return decorate


def _is_for_everybody(answer: object) -> bool:
    """Return whether what a view returned may be cached."""
    response = current_app.make_response(answer)
    return response.status_code == 200 and "Set-Cookie" not in response.headers


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
