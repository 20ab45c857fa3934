"""Count the versions of each item, take the number as the ETag, and change items under a lock."""

import json
import threading
from collections import Counter
from http import HTTPStatus
from typing import Any

from flask import Flask, abort, jsonify, make_response, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import (
    HTTPException,
    PreconditionFailed,
    PreconditionRequired,
    UnprocessableEntity,
)


class InvalidItem(UnprocessableEntity):
    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


class ItemStore:
    def __init__(self) -> None:
        self.items: dict[int, dict[str, Any]] = {}
        self.versions: Counter[int] = Counter()
        self.lock = threading.RLock()
        self.last_id = 0

    def add(self, fields: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            self.last_id += 1
            item = self.items[self.last_id] = dict(id=self.last_id, approved=False, **fields)
        return item

    def find(self, item_id: int) -> dict[str, Any]:
        if item_id not in self.items:
            abort(HTTPStatus.NOT_FOUND)
        return self.items[item_id]


def parse_item(body: object, *, partial: bool = False) -> dict[str, Any]:
    if type(body) is not dict:
        raise InvalidItem({"": "an object, please"})
    rest = dict(body)
    fields, errors = {}, {}

    def take(name, good, *default):
        if name in rest:
            fields[name] = rest.pop(name)
            if not good(fields[name]):
                errors[name] = "not valid"
        elif not partial and default:
            fields[name] = default[0]
        elif not partial:
            errors[name] = "required"

    take("name", lambda name: type(name) is str and 1 <= len(name) <= 80 and not name.isspace())
    take(
        "price", lambda price: isinstance(price, int) and not isinstance(price, bool) and price >= 0
    )
    take("note", lambda note: type(note) is str, "")
    for name in rest:
        errors[name] = "unknown"
    if errors:
        raise InvalidItem(errors)
    return fields


class ItemListAPI(MethodView):
    init_every_request = False

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self):
        return jsonify(items=[*self.store.items.values()])

    def post(self):
        item = self.store.add(parse_item(request.json))
        response = make_response(jsonify(item), HTTPStatus.CREATED)
        response.location = url_for("item", item_id=item["id"], _external=True)
        return response


class ItemAPI(MethodView):
    init_every_request = False

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self, item_id: int):
        item = self.store.find(item_id)
        response = jsonify(item)
        response.set_etag(str(self.store.versions[item_id]))
        return response.make_conditional(request)

    def put(self, item_id: int):
        return self._change(item_id, partial=False)

    def patch(self, item_id: int):
        return self._change(item_id, partial=True)

    def delete(self, item_id: int):
        with self.store.lock:
            self._checked(item_id)
            self.store.items.pop(item_id)
        return "", HTTPStatus.NO_CONTENT

    def _change(self, item_id: int, *, partial: bool):
        with self.store.lock:
            item = self._checked(item_id)
            fields = parse_item(request.json, partial=partial)
            item = self.store.items[item_id] = item | fields
            self.store.versions[item_id] += 1
        return item

    def _checked(self, item_id: int) -> dict[str, Any]:
        item = self.store.find(item_id)
        if "If-Match" not in request.headers:
            raise PreconditionRequired()
        if not request.if_match.contains(str(self.store.versions[item_id])):
            raise PreconditionFailed()
        return item


def create_app() -> Flask:
    app = Flask(__name__)
    store = ItemStore()
    app.add_url_rule("/items", view_func=ItemListAPI.as_view("items", store))
    app.add_url_rule("/items/<int:item_id>", view_func=ItemAPI.as_view("item", store))

    @app.errorhandler(InvalidItem)
    def refuse(error: InvalidItem):
        return jsonify(errors=error.errors), 422

    @app.errorhandler(HTTPException)
    def answer_in_json(error: HTTPException):
        response = error.get_response()
        response.data = json.dumps({"error": error.name})
        response.content_type = "application/json"
        return response

    return app
