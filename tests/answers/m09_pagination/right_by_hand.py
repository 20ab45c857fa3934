"""Write LIMIT, OFFSET and COUNT by hand, sign with hmac, and link with relative references."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date
from urllib.parse import quote_plus

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.exceptions import BadRequest


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
    return ", ".join(f"<{url}>; rel={relation}" for relation, url in links.items())


def read_number(name: str, *, default: int, maximum: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text.lstrip("0")) < 10):
        raise BadRequest()
    if int(text) not in range(1, maximum + 1):
        raise BadRequest()
    return int(text)


def encode_cursor(added: date, item_id: int, key: str) -> str:
    payload = json.dumps({"day": added.toordinal(), "id": item_id}).encode()
    signature = hmac.digest(key.encode(), payload, "sha256")
    return base64.b64encode(signature + payload).decode()


def decode_cursor(cursor: str, key: str) -> tuple[date, int]:
    try:
        raw = base64.b64decode(cursor, validate=True)
    except ValueError:
        raise BadRequest("No cursor.") from None
    signature, payload = raw[:32], raw[32:]
    if not hmac.compare_digest(signature, hmac.new(key.encode(), payload, hashlib.sha256).digest()):
        raise BadRequest("No cursor of ours.")
    content = json.loads(payload)
    return date.fromordinal(content["day"]), content["id"]


def _conditions():
    categories = request.args.getlist("category")
    return [Item.category.in_(categories)] if categories else []


def _target(page: int) -> str:
    pairs = [
        f"{quote_plus(name)}={quote_plus(value)}"
        for name, values in request.args.lists()
        for value in values
        if name != "page"
    ]
    return "?" + "&".join([f"page={page}", *pairs])


def create_app(uri: str, secret_key: str) -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    app.config["SECRET_KEY"] = secret_key
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.route("/items")
    def list_items():
        page = read_number("page", default=1, maximum=1000)
        per_page = read_number("per_page", default=10, maximum=50)
        where = _conditions()
        total = db.session.execute(select(func.count(Item.id)).where(*where)).scalar_one()
        items = db.session.execute(
            select(Item)
            .where(*where)
            .order_by(Item.added.desc(), Item.id.desc())
            .limit(per_page)
            .offset((page - 1) * per_page)
        ).scalars()
        response = jsonify(
            total=total, page=page, per_page=per_page, items=[item.as_dict() for item in items]
        )
        last = (total + per_page - 1) // per_page or 1
        links = {"last": _target(last), "first": _target(1)}
        if page < last:
            links["next"] = _target(page + 1)
        if 1 < page <= last + 1:
            links["prev"] = _target(page - 1)
        response.headers["Link"] = link_header(links)
        return response

    def _after(added: date, item_id: int):
        return or_(Item.added < added, and_(Item.added == added, Item.id < item_id))

    @app.route("/feed")
    def feed():
        size = read_number("per_page", default=10, maximum=50)
        where = _conditions()
        cursor = request.args.get("after")
        if cursor is not None:
            where.append(_after(*decode_cursor(cursor, app.config["SECRET_KEY"])))
        query = select(Item).where(*where).order_by(Item.added.desc(), Item.id.desc()).limit(size)
        items = list(db.session.execute(query).scalars())
        following = None
        if items:
            last = items[-1]
            rest = exists().where(*_conditions(), _after(last.added, last.id))
            if db.session.scalar(select(rest)):
                following = encode_cursor(last.added, last.id, app.config["SECRET_KEY"])
        return jsonify(items=[item.as_dict() for item in items], next=following)

    return app
