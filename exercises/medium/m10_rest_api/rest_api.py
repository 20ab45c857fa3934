"""The items of a shop, as a REST API: one address for the list, and one for each item."""

from typing import Any

from flask import Flask, abort
from flask.views import MethodView
from werkzeug.exceptions import UnprocessableEntity


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

    def add(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Store a new item with these fields and an id that no item ever had, and return it."""
        # TODO: Make a dict of the id, the fields and `approved`, and keep it in self.items.
        raise NotImplementedError("ItemStore.add: store a new item and return it.")

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
    # TODO: Return the client's fields (step 1), refuse a bad body (2), understand partial (3).
    raise NotImplementedError("parse_item: return the fields that a client may set.")


class ItemListAPI(MethodView):
    """Answer at ``/items``."""

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self):
        """List all items."""
        return {"items": list(self.store.items.values())}

    def post(self):
        """Create an item."""
        # TODO: Store what parse_item returns for the body, and answer 201 with Location.
        raise NotImplementedError("POST /items: store the item, and answer 201 with its Location.")


class ItemAPI(MethodView):
    """Answer at ``/items/<item_id>``."""

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self, item_id: int):
        """Show the item."""
        # TODO: Answer with the item.
        # TODO, further: add an ETag, or answer 304.
        raise NotImplementedError("GET /items/<id>: answer with the item.")

    def put(self, item_id: int):
        """Replace all that a client may set."""
        # TODO: Replace the fields and answer with the item.
        # TODO, further: check If-Match.
        raise NotImplementedError("PUT /items/<id>: replace what a client may set.")

    def patch(self, item_id: int):
        """Change the fields that the body has."""
        # TODO: Change these fields and answer with the item.
        # TODO, further: check If-Match.
        raise NotImplementedError("PATCH /items/<id>: change the fields that the body has.")

    def delete(self, item_id: int):
        """Delete the item."""
        # TODO: Delete the item and answer 204.
        # TODO, further: check If-Match.
        raise NotImplementedError("DELETE /items/<id>: delete the item and answer 204.")


def create_app() -> Flask:
    """Return an application with a store of its own."""
    app = Flask(__name__)
    store = ItemStore()
    app.add_url_rule("/items", view_func=ItemListAPI.as_view("items", store))
    app.add_url_rule("/items/<int:item_id>", view_func=ItemAPI.as_view("item", store))

    @app.errorhandler(InvalidItem)
    def refuse(error: InvalidItem):
        return {"errors": error.errors}, 422

    # TODO: Answer every other HTTPException in JSON (the last sentence of step 2).

    return app
