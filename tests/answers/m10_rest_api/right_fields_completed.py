"""Complete the dict that `add` is given, and keep it."""

import json
from itertools import count
from typing import Any

from flask import Flask, Response, abort, jsonify, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import HTTPException, UnprocessableEntity

REQUIRED = {"name", "price"}
DEFAULTS = {"note": ""}
MAX_NAME = 80


class InvalidItem(UnprocessableEntity):
    """Refuse a body, and say what is wrong with which field.

    ``raise InvalidItem({"price": "It must be …"})`` ends the view; the application answers 422 with
    ``{"errors": {"price": "It must be …"}}``.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


class ItemStore:
    """Keep items in memory, each a dict, by their ids."""

    def __init__(self) -> None:
        self.items: dict[int, dict[str, Any]] = {}
        self._ids = count(1)

    def add(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Store a new item with these fields and an id that no item ever had, and return it."""
        fields["id"] = next(self._ids)
        fields["approved"] = False
        self.items[fields["id"]] = fields
        return fields

    def find(self, item_id: int) -> dict[str, Any]:
        """Return the item with this id, or answer 404. The shop approves an item in this dict."""
        return self.items.get(item_id) or abort(404)


def parse_item(body: object, *, partial: bool = False) -> dict[str, Any]:
    """Return the fields of ``body`` that a client may set: name, price and note.

    ``name`` and ``price`` are required; ``note`` is ``""`` if it is missing. If ``partial``,
    nothing is required, and only the fields in the body are returned.

    Raises:
        InvalidItem: the body is not an object, or a field is missing, unknown, not the client's
            to set, or has a value that the README does not allow. All such fields are named.
    """
    if not isinstance(body, dict):
        raise InvalidItem({"body": "It must be a JSON object."})
    errors = {name: _error(name, value) for name, value in body.items()}
    if not partial:
        errors |= dict.fromkeys(REQUIRED - body.keys(), "It is missing.")
    errors = {name: error for name, error in errors.items() if error}
    if errors:
        raise InvalidItem(errors)
    return body if partial else DEFAULTS | body


def _error(name: str, value: Any) -> str | None:
    """Return what is wrong with a field, or None."""
    match name:
        case "name":
            good = isinstance(value, str) and value.strip() and len(value) <= MAX_NAME
            rule = f"It must be a text of 1 to {MAX_NAME} characters, and not blank."
        case "price":
            good = type(value) is int and value >= 0  # To isinstance, True is an int.
            rule = "It must be a whole number of cents, 0 or more."
        case "note":
            good = isinstance(value, str)
            rule = "It must be a text."
        case _:
            good = False
            rule = "An item has no such field, or a client may not set it."
    return None if good else rule


class ItemListAPI(MethodView):
    """Answer at ``/items``."""

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self):
        """List all items."""
        return {"items": list(self.store.items.values())}

    def post(self):
        """Create an item."""
        item = self.store.add(parse_item(request.get_json()))
        return item, 201, {"Location": url_for("item", item_id=item["id"])}


class ItemAPI(MethodView):
    """Answer at ``/items/<item_id>``."""

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self, item_id: int):
        """Show the item."""
        return _representation(self.store.find(item_id)).make_conditional(request)

    def put(self, item_id: int):
        """Replace all that a client may set."""
        item = self.store.find(item_id)
        _check_precondition(item)
        item.update(parse_item(request.get_json()))
        return item

    def patch(self, item_id: int):
        """Change the fields that the body has."""
        item = self.store.find(item_id)
        _check_precondition(item)
        item.update(parse_item(request.get_json(), partial=True))
        return item

    def delete(self, item_id: int):
        """Delete the item."""
        _check_precondition(self.store.find(item_id))
        del self.store.items[item_id]
        return "", 204


def _representation(item: dict[str, Any]) -> Response:
    """Return a response with the item, and with a hash of its body as the ETag."""
    response = jsonify(item)
    response.add_etag()
    return response


def _check_precondition(item: dict[str, Any]) -> None:
    if not request.if_match:
        abort(428, "Send the ETag of the item that you have read, in If-Match.")
    etag, _ = _representation(item).get_etag()
    if etag not in request.if_match:
        abort(412, "The item has changed since you read it.")


def create_app() -> Flask:
    """Return an application with a store of its own."""
    app = Flask(__name__)
    store = ItemStore()
    app.add_url_rule("/items", view_func=ItemListAPI.as_view("items", store))
    app.add_url_rule("/items/<int:item_id>", view_func=ItemAPI.as_view("item", store))

    @app.errorhandler(InvalidItem)
    def refuse(error: InvalidItem):
        return {"errors": error.errors}, 422

    @app.errorhandler(HTTPException)
    def answer_in_json(error: HTTPException):
        response = error.get_response()  # With its headers, such as Allow.
        response.data = json.dumps({"error": error.name})
        response.content_type = "application/json"
        return response

    return app
