"""Validate a PATCH as the whole item that it would make, hash the state, and check in a decorator."""

import functools
import hashlib
import json
from typing import Any

from flask import Flask, Response, abort, request
from flask.views import MethodView
from werkzeug.exceptions import HTTPException, UnprocessableEntity
from werkzeug.http import parse_etags, quote_etag


class InvalidItem(UnprocessableEntity):
    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


class ItemStore:
    """Keep a row for every item that there ever was; a deleted one is None."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any] | None] = []

    def add(self, fields: dict[str, Any]) -> dict[str, Any]:
        self.rows.append({"id": len(self.rows) + 1, "approved": False, **fields})
        return self.rows[-1]

    def find(self, item_id: int) -> dict[str, Any]:
        if not 1 <= item_id <= len(self.rows) or self.rows[item_id - 1] is None:
            abort(404)
        return self.rows[item_id - 1]


def parse_item(body: object, *, partial: bool = False) -> dict[str, Any]:
    match body:
        case dict():
            pass
        case _:
            raise InvalidItem({})
    wrong = body.keys() - {"name", "price", "note"}
    if partial:
        whole = {"name": "x", "price": 0, "note": "", **body}
    else:
        whole = {"note": "", **body}
    match whole.get("name"):
        case str(name) if name.strip() and len(name) < 81:
            pass
        case _:
            wrong |= {"name"}
    match whole.get("price"):
        case bool():
            wrong |= {"price"}
        case int(price) if price >= 0:
            pass
        case _:
            wrong |= {"price"}
    if not isinstance(whole["note"], str):
        wrong |= {"note"}
    if wrong:
        raise InvalidItem(dict.fromkeys(wrong, "It is wrong."))
    return body if partial else whole


def _etag(item) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()


def _precondition(view):
    @functools.wraps(view)
    def checked(self, item_id: int):
        item = self.store.find(item_id)
        header = request.headers.get("If-Match")
        if header is None:
            abort(428)
        if not parse_etags(header).contains(_etag(item)):
            abort(412)
        return view(self, item)

    return checked


class ItemListAPI(MethodView):
    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self):
        return {"items": [item for item in self.store.rows if item is not None]}

    def post(self):
        item = self.store.add(parse_item(request.get_json()))
        return (
            item,
            "201 Created",
            {
                "Location": f"{request.root_path}/items/{item['id']}",
                "ETag": quote_etag(_etag(item)),
            },
        )


class ItemAPI(MethodView):
    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self, item_id: int):
        item = self.store.find(item_id)
        headers = {"ETag": quote_etag(_etag(item))}
        if request.if_none_match.contains_weak(_etag(item)):
            return Response(status=304, headers=headers)
        return item, headers

    @_precondition
    def put(self, item):
        item |= parse_item(request.get_json())
        return item

    @_precondition
    def patch(self, item):
        item |= parse_item(request.get_json(), partial=True)
        return item, {"ETag": quote_etag(_etag(item))}

    @_precondition
    def delete(self, item):
        self.store.rows[item["id"] - 1] = None
        return Response(status=204)


def create_app() -> Flask:
    app = Flask(__name__)
    store = ItemStore()
    app.add_url_rule("/items", view_func=ItemListAPI.as_view("items", store))
    app.add_url_rule("/items/<int:item_id>", view_func=ItemAPI.as_view("item", store))
    app.register_error_handler(InvalidItem, lambda error: ({"errors": error.errors}, 422))

    @app.errorhandler(HTTPException)
    def answer_in_json(error: HTTPException):
        response = error.get_response()
        response.data = json.dumps({"error": error.name})
        response.content_type = "application/json"
        return response

    return app
