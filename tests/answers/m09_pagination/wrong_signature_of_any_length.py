"""Compare only as much of the signature as was sent: with none, everybody can make a cursor."""
# caught by: test_a_cursor_in_other_letters_or_with_more_or_less_of_them_is_refused

import hmac
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from flask import Flask, abort, request, url_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PER_PAGE = 10
MAX_PER_PAGE = 50
MAX_PAGE = 1000


class Base(DeclarativeBase):
    """The base class of the models."""


db = SQLAlchemy(model_class=Base)


class Item(db.Model):
    """An item of the catalog. Many items are added on the same day."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    added: Mapped[date]

    def as_dict(self) -> dict[str, object]:
        """Return what a client sees of the item."""
        return {"id": self.id, "name": self.name, "added": self.added.isoformat()}


NEWEST_FIRST = (Item.added.desc(), Item.id.desc())


def link_header(links: Mapping[str, str]) -> str:
    """Write a ``Link`` header (RFC 8288) of URLs by their relation, such as ``next``."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items())


def read_number(name: str, *, default: int, maximum: int) -> int:
    """Return the number that the query string has under ``name``, or else ``default``.

    Answer 400 unless it is a whole number from 1 to ``maximum``, in ASCII digits only.
    """
    text = request.args.get(name)
    if text is None:
        return default
    digits = re.fullmatch(r"0*([0-9]{1,4})", text)
    if not digits or not 1 <= int(digits[1]) <= maximum:
        abort(400, f"{name} must be a whole number from 1 to {maximum}.")
    return int(digits[1])


def encode_cursor(added: date, item_id: int, key: str) -> str:
    """Return a cursor for the place right after this item, signed with ``key``."""
    text = f"{added}.{item_id}"
    return f"{text}.{_signature(text, key)}"


def decode_cursor(cursor: str, key: str) -> tuple[date, int]:
    """Return the day and the id of the item that a cursor was made for.

    Raises:
        BadRequest: ``encode_cursor`` did not make this cursor with this key.
    """
    text, _, signature = cursor.rpartition(".")
    if not text or not _signature(text, key).startswith(signature):
        abort(400, "This cursor is not one of ours.")
    try:
        added, item_id = text.split(".")
        return date.fromisoformat(added), int(item_id)
    except ValueError:
        abort(400, "This cursor is not one of ours.")


def _signature(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def _chosen() -> Select[tuple[Item]]:
    """Select the items of the categories in the query string, or all, in no order yet."""
    categories = request.args.getlist("category")
    return select(Item).where(Item.category.in_(categories)) if categories else select(Item)


def _page_links(page: int, pages: int) -> dict[str, str]:
    last = max(pages, 1)
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    return {rel: _url_of_page(n) for rel, n in numbers.items() if 1 <= n <= last}


def _url_of_page(page: int) -> str:
    parameters = request.args.copy()
    parameters["page"] = str(page)
    # Not url_for(..., **parameters): a client's `endpoint` or `_anchor` would steer it.
    return f"{url_for('list_items')}?{urlencode(list(parameters.items(multi=True)))}"


def create_app(uri: str, secret_key: str) -> Flask:
    """Return an application with its tables in the database at ``uri``."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=uri, SECRET_KEY=secret_key)
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.get("/items")
    def list_items():
        page = read_number("page", default=1, maximum=MAX_PAGE)
        per_page = read_number("per_page", default=PER_PAGE, maximum=MAX_PER_PAGE)
        found = db.paginate(
            _chosen().order_by(*NEWEST_FIRST), page=page, per_page=per_page, error_out=False
        )
        body = {
            "items": [item.as_dict() for item in found],
            "page": page,
            "per_page": per_page,
            "total": found.total,
        }
        return body, {"Link": link_header(_page_links(page, found.pages))}

    @app.get("/feed")
    def feed():
        per_page = read_number("per_page", default=PER_PAGE, maximum=MAX_PER_PAGE)
        query = _chosen().order_by(*NEWEST_FIRST)
        if "after" in request.args:
            key = decode_cursor(request.args["after"], secret_key)
            query = query.where(tuple_(Item.added, Item.id) < key)
        # One item more than the page tells whether any follow.
        found = db.session.scalars(query.limit(per_page + 1)).all()
        items = found[:per_page]
        more = len(found) > per_page
        cursor = encode_cursor(items[-1].added, items[-1].id, secret_key) if more else None
        return {"items": [item.as_dict() for item in items], "next": cursor}

    return app
