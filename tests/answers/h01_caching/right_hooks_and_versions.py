"""Cache whole answers in hooks, without Flask-Caching; a write increases the version in their keys."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from uuid import uuid4

from flask import Flask, Response, abort, g, jsonify, request
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
    _keep_answers(app, redis)

    @app.get("/products")
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
        response = jsonify(db.get_or_404(Product, number).as_dict())
        if "visitor" not in request.cookies:
            response.set_cookie("visitor", uuid4().hex)
        return response

    @app.get("/me/recommendations")
    @_customers_only
    def recommend():
        query = select(Product).filter_by(category=FAVORITES[g.customer]).order_by(Product.id)
        products = _load(query)
        products.sort(key=lambda product: product["reviews"], reverse=True)
        return {"for": g.customer, "products": products[:3]}

    @app.put("/products/<int:number>")
    def change_product(number: int):
        product = db.get_or_404(Product, number)
        subjects = {f"product/{number}", "list", f"list/{product.category}"}
        product.name, product.category = request.json["name"], request.json["category"]
        subjects.add(f"list/{product.category}")
        db.session.commit()
        for subject in subjects:
            with suppress(RedisError):
                redis.incr(f"version/{subject}")
        return product.as_dict()

    return app


def _keep_answers(app: Flask, redis: Redis) -> None:
    """Answer from Redis before a view runs, and keep what it answers."""

    @app.before_request
    def look():
        subject = _subject()
        if subject is None:
            return None
        try:
            version = redis.get(f"version/{subject}") or b"0"
            key = f"answer/{subject}/{version.decode()}"
            kept = redis.get(key)
            if kept is None:
                lock = redis.lock(f"lock/{key}", timeout=LOCK, sleep=0.02)
                lock.acquire()
                g.key, g.lock = key, lock
                kept = redis.get(key)
        except RedisError:
            return None
        return None if kept is None else Response(kept, mimetype="application/json")

    @app.after_request
    def keep(response):
        if "key" in g and response.status_code == 200 and "Set-Cookie" not in response.headers:
            with suppress(RedisError):
                redis.set(g.key, response.get_data(), ex=KEEP, nx=True)
        return response

    @app.teardown_request
    def let_others_in(error):
        if "lock" in g:
            with suppress(RedisError):
                g.pop("lock").release()


def _subject() -> str | None:
    """Return what the request is about, if its answer may be kept."""
    if request.method == "GET" and request.endpoint == "list_products":
        category = request.args.get("category")
        return "list" if category is None else f"list/{category}"
    returning = "visitor" in request.cookies
    if request.method == "GET" and request.endpoint == "show_product" and returning:
        return f"product/{request.view_args['number']}"
    token = request.authorization.token if request.authorization else None
    if request.endpoint == "recommend" and token in TOKENS:
        return f"recommendations/{TOKENS[token]}"
    return None


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
