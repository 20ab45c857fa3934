"""Remove the new category from the other tags: one that version 1 does not know is lost."""
# caught by: test_version_1_loses_no_tags_that_it_does_not_know

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request, url_for
from werkzeug.http import http_date

V1_DEPRECATED = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """An item, whichever version shows it."""

    id: int
    name: str
    tags: tuple[str, ...]


class Store:
    """All items, in the order in which they were added."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}

    def all(self) -> list[Item]:
        """Return every item."""
        return list(self._items.values())

    def get(self, item_id: int) -> Item | None:
        """Return the item with that id, if there is one."""
        return self._items.get(item_id)

    def add(self, name: str, tags: Iterable[str]) -> Item:
        """Store a new item, and return it with its id."""
        return self.replace(len(self._items) + 1, name, tags)

    def replace(self, item_id: int, name: str, tags: Iterable[str]) -> Item:
        """Store an item under that id, in place of any earlier one, and return it."""
        self._items[item_id] = Item(item_id, name, tuple(tags))
        return self._items[item_id]


def write_v1(item: Item) -> dict[str, Any]:
    """Return the form of an item in version 1."""
    category = item.tags[0] if item.tags else ""
    return {"id": item.id, "name": item.name, "category": category}


def read_v1(body: dict[str, Any], before: tuple[str, ...]) -> tuple[str, Iterable[str]]:
    """Return the name and the tags that an item has after a client of version 1 has sent ``body``.

    ``before`` holds the tags that the item had; it is empty for a new item.
    """
    category = [body["category"]] if body["category"] else []
    return body["name"], [*category, *(tag for tag in before[1:] if tag != body["category"])]


def write_v2(item: Item) -> dict[str, Any]:
    """Return the form of an item in version 2."""
    return {"id": item.id, "name": item.name, "tags": list(item.tags)}


def read_v2(body: dict[str, Any], before: tuple[str, ...]) -> tuple[str, Iterable[str]]:
    """Return the name and the tags that an item has after a client of version 2 has sent ``body``.

    ``before`` holds the tags that the item had; it is empty for a new item.
    """
    return body["name"], body["tags"]


@dataclass(frozen=True)
class Version:
    """One form of the API."""

    media_type: str
    write: Callable[[Item], dict[str, Any]]
    read: Callable[[dict[str, Any], tuple[str, ...]], tuple[str, Iterable[str]]]
    ensure_ascii: bool = False


V1 = Version("application/vnd.kata.v1+json", write_v1, read_v1, ensure_ascii=True)
V2 = Version("application/vnd.kata.v2+json", write_v2, read_v2)


def make_version(store: Store, version: Version) -> Blueprint:
    """Return the views of one version, which show and change the items of ``store``."""
    pages = Blueprint("items", __name__)

    def find(item_id: int) -> Item:
        return store.get(item_id) or abort(404)

    @pages.get("/items")
    def list_items():
        return _answer(_listed(store, version), version)

    @pages.post("/items")
    def create_item():
        item = store.add(*version.read(request.get_json(), ()))
        location = url_for(".show_item", item_id=item.id)
        return _answer(version.write(item), version), 201, {"Location": location}

    @pages.get("/items/<int:item_id>")
    def show_item(item_id: int):
        return _answer(version.write(find(item_id)), version)

    @pages.put("/items/<int:item_id>")
    def replace_item(item_id: int):
        before = find(item_id).tags
        item = store.replace(item_id, *version.read(request.get_json(), before))
        return _answer(version.write(item), version)

    return pages


def create_app(clock: Callable[[], datetime], sunset: datetime) -> Flask:
    """Return an application with items of its own, in two versions.

    ``clock`` returns the time, with a time zone. Version 1 ends at ``sunset``.
    """
    app = Flask(__name__)
    store = Store()
    app.register_blueprint(make_version(store, V1), url_prefix="/v1", name="v1")
    app.register_blueprint(make_version(store, V2), url_prefix="/v2", name="v2")

    @app.before_request
    def end_version_1():
        if _is_below_v1() and clock() >= sunset:
            abort(410)

    # On the application: an unknown address and a wrong method belong to no blueprint.
    @app.after_request
    def announce_the_end(response: Response):
        if _is_below_v1() or response.mimetype == V1.media_type:
            response.headers["Deprecation"] = f"@{int(V1_DEPRECATED.timestamp())}"
            response.headers["Sunset"] = http_date(sunset)
        return response

    @app.get("/items")
    def list_items():
        versions = [V2] if clock() >= sunset else [V2, V1]
        offered = {version.media_type: version for version in versions}
        accept = request.accept_mimetypes
        chosen = accept.best_match(offered) if accept else V2.media_type
        if chosen is None:
            response = jsonify(available=list(offered))
            response.status_code = 406
        else:
            response = _answer(_listed(store, offered[chosen]), offered[chosen])
            response.mimetype = chosen
        response.vary.add("Accept")
        return response

    return app


def _is_below_v1() -> bool:
    return request.path.startswith("/v1/")


def _listed(store: Store, version: Version) -> dict[str, Any]:
    """Return the list of all items in the form of a version."""
    return {"items": [version.write(item) for item in store.all()]}


def _answer(data: dict[str, Any], version: Version) -> Response:
    """Return the data as JSON, as the version writes it."""
    response = jsonify(data)
    if not version.ensure_ascii:
        response.data = current_app.json.dumps(data, ensure_ascii=False)
    return response
