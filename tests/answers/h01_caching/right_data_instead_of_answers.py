"""Cache data instead of answers, with `cache.get` and `cache.set`; waiting requests poll the cache."""

import time
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

# How long an answer is kept, and how long one worker may compute before another one tries: seconds.
KEEP = 60
LOCK = 20

# Who sends which token, and the category that each customer likes best.
TOKENS = {"ada-7f3a": "ada", "bob-91c2": "bob"}
FAVORITES = {"ada": "tea", "bob": "coffee"}

# Delete a lock if it is still one's own.
RELEASE = """
if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end
return 0
"""

cache = Cache()


class Base(DeclarativeBase):
    """The base of the tables."""


db = SQLAlchemy(model_class=Base)


class Product(db.Model):
    """Something that the shop sells."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    reviews: Mapped[list["Review"]] = relationship()

    def as_dict(self) -> dict[str, object]:
        """Return what a client sees of the product."""
        return {
            "id": self.id,
            "name": self.name,
            "category": self.category,
            "reviews": len(self.reviews),
        }


class Review(db.Model):
    """What a customer thinks of a product."""

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    stars: Mapped[int]


def create_app(database_uri: str, redis: Redis) -> Flask:
    """Return one worker of the shop: all of them use the same database and the same Redis.

    ``redis`` answers with bytes, as Flask-Caching needs it.
    """
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_uri
    db.init_app(app)
    with app.app_context():
        db.create_all()
    cache.init_app(app, {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_HOST": redis})

    @app.get("/products")
    def list_products():
        category = request.args.get("category")
        query = select(Product).order_by(Product.id)
        if category is not None:
            query = query.filter_by(category=category)
        products = _kept(redis, _list_key(category), lambda: _load(query))
        if not products:
            return {"error": "There is nothing in this category."}, 404
        return products

    @app.get("/products/<int:number>")
    def show_product(number: int):
        page = _kept(redis, _page_key(number), lambda: db.get_or_404(Product, number).as_dict())
        response = jsonify(page)
        if "visitor" not in request.cookies:
            response.set_cookie("visitor", uuid4().hex)
        return response

    @app.get("/me/recommendations")
    @_customers_only
    def recommend():
        query = select(Product).filter_by(category=FAVORITES[g.customer]).order_by(Product.id)
        products = _kept(redis, f"liked/{g.customer}", lambda: _load(query))
        products.sort(key=lambda product: product["reviews"], reverse=True)
        return {"for": g.customer, "products": products[:3]}

    @app.put("/products/<int:number>")
    def change_product(number: int):
        product = db.get_or_404(Product, number)
        outdated = {_page_key(number), _list_key(None), _list_key(product.category)}
        product.name, product.category = request.json["name"], request.json["category"]
        outdated.add(_list_key(product.category))
        db.session.commit()
        for key in outdated:
            with suppress(RedisError):
                cache.delete(key)
        return product.as_dict()

    return app


def _page_key(number: int) -> str:
    return f"page/{number}"


def _list_key(category: str | None) -> str:
    return "list" if category is None else f"list/{category}"


def _kept(redis: Redis, key: str, compute: Callable[[], object]):
    """Return what is kept under a key; compute it if nothing is, and keep it if it is not empty."""
    token = uuid4().hex
    try:
        found = cache.get(key)
        while not found and not redis.set(f"computing/{key}", token, nx=True, ex=LOCK):
            time.sleep(0.02)
            found = cache.get(key)
        found = found or cache.get(key)
    except RedisError:
        return compute()
    try:
        if not found:
            found = compute()
            if found:
                with suppress(RedisError):
                    cache.set(key, found, timeout=KEEP)
        return found
    finally:
        with suppress(RedisError):
            redis.eval(RELEASE, 1, f"computing/{key}", token)


def _customers_only(view: Callable) -> Callable:
    """Answer 401 to a request without a known token; to others, with the customer in ``g.customer``."""

    @wraps(view)
    def guarded(*args, **kwargs):
        token = request.authorization.token if request.authorization else None
        if token not in TOKENS:
            abort(401)
        g.customer = TOKENS[token]
        return view(*args, **kwargs)

    return guarded


def _load(query: Select) -> list[dict[str, object]]:
    """Return the products of a query, as a client sees them."""
    products = db.session.scalars(query.options(selectinload(Product.reviews)))
    return [product.as_dict() for product in products]
