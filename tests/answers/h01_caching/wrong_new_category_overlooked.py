"""Delete entries only if the name has changed: a product that moves to another category stays in its old list."""
# caught by: test_a_new_category_with_the_old_name_is_a_change

from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import wraps
from uuid import uuid4

from flask import Flask, abort, current_app, g, jsonify, request
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


SECONDS = 60


def product_key(number):
    return f"product/{number}"


def list_key(category):
    return "products" if category is None else f"products/{category}"


def create_app(database_uri: str, redis: Redis) -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_uri
    db.init_app(app)
    with app.app_context():
        db.create_all()
    cache.init_app(app, {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_HOST": redis})

    def cached(make_cache_key, unless=None):
        def decorate(view):
            stored = cache.cached(
                timeout=SECONDS,
                make_cache_key=make_cache_key,
                response_filter=storable,
                unless=unless,
            )(view)

            @wraps(view)
            def answer(**arguments):
                if unless is not None and unless():
                    return view(**arguments)
                key = make_cache_key(**arguments)
                with suppress(RedisError):
                    found = cache.get(key)
                    if found is not None:
                        return found
                with alone(redis, key):
                    return stored(**arguments)

            return answer

        return decorate

    @app.get("/products")
    @cached(lambda: list_key(request.args.get("category")))
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
    @cached(product_key, unless=lambda: "visitor" not in request.cookies)
    def show_product(number: int):
        response = jsonify(db.get_or_404(Product, number).as_dict())
        if "visitor" not in request.cookies:
            response.set_cookie("visitor", uuid4().hex)
        return response

    @app.get("/me/recommendations")
    @_customers_only
    @cached(lambda: f"recommendations/{g.customer}")
    def recommend():
        query = select(Product).filter_by(category=FAVORITES[g.customer]).order_by(Product.id)
        products = _load(query)
        products.sort(key=lambda product: product["reviews"], reverse=True)
        return {"for": g.customer, "products": products[:3]}

    @app.put("/products/<int:number>")
    def change_product(number: int):
        product = db.get_or_404(Product, number)
        old, name = product.category, product.name
        product.name, product.category = request.json["name"], request.json["category"]
        answer = {"id": number, "name": product.name, "category": product.category}
        db.session.commit()
        keys = [product_key(number), list_key(None), list_key(old), list_key(answer["category"])]
        with suppress(RedisError):
            for key in keys if product.name != name else []:
                cache.delete(key)
        return product.as_dict()

    return app


@contextmanager
def alone(redis, key):
    lock = redis.lock(f"lock/{key}", timeout=SECONDS)
    held = False
    with suppress(RedisError):
        held = lock.acquire()
    try:
        yield
    finally:
        if held:
            with suppress(RedisError):
                lock.release()


def storable(answer):
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
    return [
        product.as_dict()
        for product in db.session.scalars(query.options(selectinload(Product.reviews)))
    ]
