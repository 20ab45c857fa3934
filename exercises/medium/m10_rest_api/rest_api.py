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
        """Store a new item of these fields, with an id that no item ever had, and return it."""
        # TODO: Give the fields an id, and `approved`, which is False; keep them in self.items.
        raise NotImplementedError(
            "ItemStore.add: give the fields an id, keep them and return them."
        )

    def find(self, item_id: int) -> dict[str, Any]:
        """Return the item with this id, or answer 404."""
        return self.items.get(item_id) or abort(404)


def parse_item(body: object, *, partial: bool = False) -> dict[str, Any]:
    """Return the fields of ``body`` that a client may set: name, price and note.

    All three are returned: ``note`` is an empty text unless it is there, the other two are required.
    If ``partial``, nothing is required, and only the fields that are there are returned.

    Raises:
        InvalidItem: the body is no object, or a field is missing, unknown, not the client's to set,
            or has a value that the README does not allow. All such fields are named.
    """
    # TODO: Return the client's fields; refuse a bad body, from step 2 on.
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
        # TODO: Add what parse_item makes of the body; answer 201 with the item and its Location.
        raise NotImplementedError("POST /items: store the item, and answer 201 with its Location.")


class ItemAPI(MethodView):
    """Answer at ``/items/<item_id>``."""

    def __init__(self, store: ItemStore) -> None:
        self.store = store

    def get(self, item_id: int):
        """Show the item."""
        # TODO: Answer with the item; from step 4 on with an ETag, or with 304.
        raise NotImplementedError("GET /items/<id>: answer with the item.")

    def put(self, item_id: int):
        """Replace all that a client may set."""
        # TODO: Replace the fields and answer with the item; check If-Match, from step 4 on.
        raise NotImplementedError("PUT /items/<id>: replace what a client may set.")

    def patch(self, item_id: int):
        """Change the fields that the body has."""
        # TODO: Change these fields and answer with the item; check If-Match, from step 4 on.
        raise NotImplementedError("PATCH /items/<id>: change the fields that the body has.")

    def delete(self, item_id: int):
        """Delete the item."""
        # TODO: Delete the item and answer 204; check If-Match, from step 4 on.
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

    return app
