"""A catalog that is read in pages: by number for people who jump, by key for programs that read on."""

from collections.abc import Mapping
from datetime import date

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Select, select
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


def link_header(links: Mapping[str, str]) -> str:
    """Write a ``Link`` header (RFC 8288) of URLs by their relation, such as ``next``."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items())


def read_number(name: str, *, default: int, maximum: int) -> int:
    """Return the number that the query string has under ``name``, or else ``default``.

    Answer 400 unless it is a whole number from 1 to ``maximum``, in ASCII digits only.
    """
    # TODO: Return the number, or the default (step 1), and refuse a bad number (step 2).
    raise NotImplementedError("read_number: return the number in request.args, or the default.")


def encode_cursor(added: date, item_id: int, key: str) -> str:
    """Return a cursor for the place right after this item, signed with ``key``."""
    # TODO, further: put the day and the id into one text, and sign it; itsdangerous can do both.
    raise NotImplementedError("encode_cursor: put the day and the id into one text.")


def decode_cursor(cursor: str, key: str) -> tuple[date, int]:
    """Return the day and the id of the item that a cursor was made for.

    Raises:
        BadRequest: ``encode_cursor`` did not make this cursor with this key.
    """
    # TODO, further: return the day and the id, and refuse what encode_cursor did not make.
    raise NotImplementedError("decode_cursor: return the day and the id in the cursor.")


def _chosen() -> Select[tuple[Item]]:
    """Select the items of the categories in the query string, or all, in no order yet."""
    categories = request.args.getlist("category")
    return select(Item).where(Item.category.in_(categories)) if categories else select(Item)


def create_app(uri: str, secret_key: str) -> Flask:
    """Return an application with its tables in the database at ``uri``."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=uri, SECRET_KEY=secret_key)
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.get("/items")
    def list_items():
        # TODO: Answer with one page of the chosen items and the total (step 1), and add Link (2).
        raise NotImplementedError("GET /items: answer with one page of _chosen() and the total.")

    @app.get("/feed")
    def feed():
        # TODO, further: answer with the chosen items after the cursor, and the next cursor.
        raise NotImplementedError("GET /feed: answer with the items after the cursor.")

    return app
