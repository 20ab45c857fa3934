"""Take the version from the URL with one rule for both, and keep each version in a class."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, current_app, g, jsonify, make_response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import http_date, parse_accept_header

V1_DEPRECATED = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """An item, whichever version shows it."""

    id: int
    name: str
    tags: tuple[str, ...]


class Store:
    """All items, in the order in which they came."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}

    def all(self) -> list[Item]:
        """Return every item."""
        return list(self._items.values())

    def get(self, item_id: int) -> Item | None:
        """Return the item of that number, if there is one."""
        return self._items.get(item_id)

    def add(self, name: str, tags: Iterable[str]) -> Item:
        """Keep a new item, and return it with its number."""
        return self.replace(len(self._items) + 1, name, tags)

    def replace(self, item_id: int, name: str, tags: Iterable[str]) -> Item:
        """Put an item in the place of the one with that number, and return it."""
        self._items[item_id] = Item(item_id, name, tuple(tags))
        return self._items[item_id]


class _V1:
    media_type = "application/vnd.kata.v1+json"

    def write(self, item: Item) -> dict[str, Any]:
        category = next(iter(item.tags), "")
        return {"id": item.id, "name": item.name, "category": category}

    def read(self, body, before):
        tags = list(before)
        tags[:1] = [body["category"]] if body["category"] else []
        return body["name"], tags

    def dumps(self, data) -> str:
        return jsonify(data).get_data(as_text=True)


class _V2:
    media_type = "application/vnd.kata.v2+json"

    def write(self, item: Item) -> dict[str, Any]:
        return {"id": item.id, "name": item.name, "tags": list(item.tags)}

    def read(self, body, before):
        return body["name"], body["tags"]

    def dumps(self, data) -> str:
        return current_app.json.dumps(data, ensure_ascii=False)


VERSIONS = {"v2": _V2(), "v1": _V1()}


def create_app(clock: Callable[[], datetime], sunset: datetime) -> Flask:
    app = Flask(__name__)
    store = Store()
    notice = {
        "Deprecation": f"@{int(V1_DEPRECATED.timestamp())}",
        "Sunset": http_date(sunset.astimezone(UTC)),
    }

    @app.url_value_preprocessor
    def find_version(endpoint, values):
        if values and "version" in values:
            values["version"] = VERSIONS[values["version"]]

    @app.before_request
    def end():
        parts = request.path.split("/")
        g.old = len(parts) > 2 and parts[1] == "v1"
        if g.old and clock() >= sunset:
            return "Version 1 has ended. Please use version 2.", 410
        return None

    @app.after_request
    def announce(response):
        if g.old:
            response.headers.update(notice)
        return response

    def find(item_id: int) -> Item:
        item = store.get(item_id)
        if item is None:
            abort(404)
        return item

    @app.route("/<any(v1, v2):version>/items", methods=["GET", "POST"])
    def items(version):
        if request.method == "GET":
            return _answer(_listed(store, version), version)
        item = store.add(*version.read(request.get_json(), ()))
        response = _answer(version.write(item), version)
        response.status_code = 201
        response.headers["Location"] = f"{request.path}/{item.id}"
        return response

    @app.route("/<any(v1, v2):version>/items/<int:item_id>", methods=["GET", "PUT"])
    def one_item(version, item_id):
        item = find(item_id)
        if request.method == "PUT":
            item = store.replace(item_id, *version.read(request.get_json(), item.tags))
        return _answer(version.write(item), version)

    @app.get("/items")
    def negotiated_items():
        offered = {version.media_type: version for version in VERSIONS.values()}
        if clock() >= sunset:
            del offered[VERSIONS["v1"].media_type]
        wanted = request.headers.get("Accept", "*/*")
        chosen = parse_accept_header(wanted, MIMEAccept).best_match(offered)
        if chosen is None:
            response = make_response({"available": list(offered)}, 406)
        else:
            response = _answer(_listed(store, offered[chosen]), offered[chosen])
            response.headers["Content-Type"] = chosen
            g.old = offered[chosen] is VERSIONS["v1"]
        response.headers["Vary"] = "Accept"
        return response

    return app


def _listed(store: Store, version) -> dict[str, Any]:
    """Return what a version says of all items."""
    return {"items": [version.write(item) for item in store.all()]}


def _answer(data: dict[str, Any], version) -> Response:
    """Return the data as JSON, in the way of the version."""
    return Response(version.dumps(data), content_type="application/json")
