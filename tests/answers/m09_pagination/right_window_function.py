"""Count in the same statement with a window function, sign a plain text, and link with whole URLs."""

import math
from collections.abc import Mapping
from datetime import date

from flask import Flask, abort, current_app, request
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import BadData, Signer
from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.urls import iri_to_uri
from urllib.parse import urlencode


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class Item(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    added: Mapped[date]

    def as_dict(self) -> dict[str, object]:
        return {"id": self.id, "name": self.name, "added": self.added.isoformat()}


def link_header(links: Mapping[str, str]) -> str:
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items())


def read_number(name: str, *, default: int, maximum: int) -> int:
    numbers = {str(number): number for number in range(1, maximum + 1)}
    if name not in request.args:
        return default
    number = request.args[name].lstrip("0")
    if number not in numbers:
        abort(400)
    return numbers[number]


def encode_cursor(added: date, item_id: int, key: str) -> str:
    return Signer(key, salt="feed", sep="~").sign(f"{added:%Y%m%d}-{item_id}").decode()


def decode_cursor(cursor: str, key: str) -> tuple[date, int]:
    try:
        day, _, item_id = Signer(key, salt="feed", sep="~").unsign(cursor).decode().partition("-")
        return date(int(day[:4]), int(day[4:6]), int(day[6:])), int(item_id)
    except BadData:
        abort(400)


def _chosen() -> Select[tuple[Item]]:
    categories = request.args.getlist("category")
    return select(Item).where(Item.category.in_(categories)) if categories else select(Item)


class Pages:
    def __init__(self, page: int, per_page: int, total: int) -> None:
        self.page = page
        self.last = max(1, math.ceil(total / per_page))

    def links(self) -> dict[str, str]:
        wanted = {"first": 1, "last": self.last}
        if self.page in range(2, self.last + 2):
            wanted["prev"] = self.page - 1
        if self.page in range(1, self.last):
            wanted["next"] = self.page + 1
        return {relation: self._url(page) for relation, page in wanted.items()}

    @staticmethod
    def _url(page: int) -> str:
        parameters = MultiDict(request.args)
        parameters.setlist("page", [page])
        return f"{iri_to_uri(request.base_url)}?{urlencode(parameters.to_dict(flat=False), doseq=True)}"


def create_app(uri: str, secret_key: str) -> Flask:
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=uri, SECRET_KEY=secret_key)
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.get("/items")
    def list_items():
        page = read_number("page", default=1, maximum=1000)
        per_page = read_number("per_page", default=10, maximum=50)
        query = _chosen().add_columns(func.count().over().label("total"))
        query = query.order_by(Item.added.desc(), Item.id.desc())
        found = db.session.execute(query.slice((page - 1) * per_page, page * per_page)).all()
        if found:
            total = found[0].total
        else:
            total = db.session.scalar(select(func.count()).select_from(_chosen().subquery()))
        body = {
            "items": [row.Item.as_dict() for row in found],
            "page": page,
            "per_page": per_page,
            "total": total,
        }
        return body, Headers({"Link": link_header(Pages(page, per_page, total).links())})

    @app.get("/feed")
    def feed():
        per_page = read_number("per_page", default=10, maximum=50)
        query = _chosen().order_by(-func.julianday(Item.added), -Item.id)
        if (cursor := request.args.get("after")) is not None:
            added, item_id = decode_cursor(cursor, current_app.secret_key)
            query = query.where(
                tuple_(literal(added), literal(item_id)) > tuple_(Item.added, Item.id)
            )
        found = db.session.scalars(query.limit(per_page + 1)).fetchall()
        body = {"items": [item.as_dict() for item in found[:per_page]], "next": None}
        if found[per_page:]:
            last = found[per_page - 1]
            body["next"] = encode_cursor(last.added, last.id, current_app.secret_key)
        return body

    return app
