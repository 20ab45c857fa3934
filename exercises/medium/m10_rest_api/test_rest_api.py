"""What m10 asks for, step by step."""

from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.http import HTTP_STATUS_CODES

JSON, TEXT = "application/json", "text/plain"
NASTY = "  Ada & <b>Z</b> 100% "
CUP = {"name": "Cup", "price": 450}
MUG = {"name": "Mug", "price": 600, "note": "Handmade"}
STORED_CUP = {"id": 1, **CUP, "note": "", "approved": False}
STORED_MUG = {"id": 2, **MUG, "approved": False}
ANY_STATE = {"If-Match": "*"}  # Changes nothing before the last step, and is right after it.
WRONG = {
    "name": ["", " \t\n", "\u3000 ", "x" * 81, "x" * 80 + " ", 5, None, ["Cup"]],
    "price": [-1, 4.5, 450.0, "450", "", True, False, None, [450]],
    "note": [None, 5, False, ["Handmade"]],
}
RIGHT = [
    {"name": "é" * 80, "price": 0, "note": " "},
    {"name": f"{NASTY}\n", "price": 10**12, "note": f"{NASTY}\n" * 500},
]
NOT_THE_CLIENTS = {"approved": [True, False], "id": [1, 7], "is_admin": [False, None], "Price": [1]}

each_field = pytest.mark.parametrize("field", WRONG)
each_other_field = pytest.mark.parametrize("field", NOT_THE_CLIENTS)
changing = pytest.mark.parametrize("method", ["PUT", "PATCH"])


@pytest.fixture
def client(exercise):
    """Return a client of a new application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


@pytest.fixture
def cup(client):
    """Return the address of an item."""
    return client.post("/items", json=CUP).location or "/there-was-no-location"


@pytest.fixture
def mug(client, cup):
    """Return the address of a second item."""
    return client.post("/items", json=MUG).location or "/there-was-no-location"


def send(client, method, address, body=None):
    """Send a request with a body, if there is one, to whoever asks for If-Match as well."""
    return client.open(address, method=method, json=body, headers=ANY_STATE)


def refusal(response):
    """Return the status, and the fields for which the JSON has a text under ``errors``."""
    errors = response.json.get("errors") if response.is_json else None
    texts = errors if isinstance(errors, dict) else {repr(errors): ""}
    named = {k if v and isinstance(v, str) else f"{k} without a text" for k, v in texts.items()}
    return response.status_code, named


class TestStep1ListAndCreate:
    def test_the_store_keeps_what_it_adds(self, exercise):
        store = exercise.ItemStore()
        added = [store.add({"note": "", **CUP}), store.add({**MUG})]
        assert added == [STORED_CUP, STORED_MUG]
        assert [store.find(1), store.find(2)] == added

    def test_creating_answers_201_with_the_item(self, client):
        response = client.post("/items", json=CUP)
        assert (response.status_code, response.json) == (201, STORED_CUP)

    def test_the_location_leads_to_the_new_item(self, client, cup, mug):
        assert [client.get(cup).json, client.get(mug).json] == [STORED_CUP, STORED_MUG]

    def test_the_location_has_the_prefix_of_the_application(self, client):
        response = client.post("/items", json=CUP, base_url="http://localhost/shop")
        location = urljoin("http://localhost/shop/items", response.location or "")
        assert urlsplit(location).path == "/shop/items/1"

    def test_the_list_has_the_items_in_the_order_of_their_creation(self, client):
        assert client.get("/items").json == {"items": []}
        client.post("/items", json=CUP)
        client.post("/items", json=MUG)
        assert client.get("/items").json == {"items": [STORED_CUP, STORED_MUG]}

    def test_an_item_that_is_not_there_is_404(self, client, cup):
        assert [client.get(f"/items/{n}").status_code for n in (1, 2, 0)] == [200, 404, 404]

    def test_two_applications_share_no_items(self, exercise, client, cup):
        assert client.get("/items").json == {"items": [STORED_CUP]}
        other = exercise.create_app().test_client()
        assert other.get("/items").json == {"items": []}
        assert other.post("/items", json=MUG).json == {**STORED_MUG, "id": 1}


class TestStep2BodiesThatAreRefused:
    @each_field
    def test_a_wrong_value_is_refused_and_its_field_named(self, client, field):
        for value in WRONG[field]:
            assert refusal(client.post("/items", json={**CUP, field: value})) == (422, {field})
        assert client.get("/items").json == {"items": []}

    def test_valid_values_are_kept_as_they_are(self, client):
        for number, fields in enumerate(RIGHT, 1):
            response = client.post("/items", json=fields, content_type=f"{JSON}; charset=utf-8")
            stored = {"id": number, **fields, "approved": False}
            assert (response.status_code, response.json) == (201, stored)

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({"price": 450}, {"name"}),
            ({}, {"name", "price"}),
            ({"name": "", "note": 5}, {"name", "price", "note"}),
            ({"name": "", "colour": "red", "id": 1}, {"name", "price", "colour", "id"}),
        ],
        ids=["one missing", "both missing", "wrong and missing", "unknown and read-only"],
    )
    def test_all_wrong_and_missing_fields_are_named_at_once(self, client, body, fields):
        assert refusal(client.post("/items", json=body)) == (422, fields)

    @each_other_field
    def test_no_item_is_created_with_a_field_that_is_not_the_clients(self, client, field):
        for value in NOT_THE_CLIENTS[field]:
            assert refusal(client.post("/items", json={**CUP, field: value})) == (422, {field})
        assert client.get("/items").json == {"items": []}
        assert client.post("/items", json=CUP).json == STORED_CUP

    @pytest.mark.parametrize("body", ["null", "[]", '["name", "price"]', '"Cup"', "0", "true"])
    def test_a_body_that_is_not_an_object_is_refused(self, client, body):
        response = client.post("/items", data=body, content_type=JSON)
        assert (response.status_code, response.mimetype) == (422, JSON)

    @pytest.mark.parametrize(
        ("method", "path", "body", "type_", "status", "name"),
        [
            ("POST", "/items", '{"name": ', JSON, 400, "Bad Request"),
            ("POST", "/items", "", JSON, 400, "Bad Request"),
            ("POST", "/items", '{"name": "Cup", "price": 1}', TEXT, 415, "Unsupported Media Type"),
            ("POST", "/items", '{"name": "Cup", "price": 1}', None, 415, "Unsupported Media Type"),
            ("GET", "/items/7", None, None, 404, "Not Found"),
            ("GET", "/nowhere", None, None, 404, "Not Found"),
        ],
    )
    def test_other_errors_are_json_too(self, client, method, path, body, type_, status, name):
        response = client.open(path, method=method, data=body, content_type=type_)
        assert (response.status_code, response.json) == (status, {"error": name})

    def test_a_405_is_json_too_and_says_what_is_allowed(self, client):
        response = client.put("/items", json=CUP)
        assert (response.status_code, response.json) == (405, {"error": HTTP_STATUS_CODES[405]})
        assert set(response.allow) >= {"GET", "POST"}


class TestStep3ReplaceChangeDelete:
    def test_put_replaces_the_whole_item(self, client, cup, mug):
        response = send(client, "PUT", mug, {"name": "Bowl", "price": 900})
        bowl = {"id": 2, "name": "Bowl", "price": 900, "note": "", "approved": False}
        assert (response.status_code, response.json) == (200, bowl)
        assert client.get("/items").json == {"items": [STORED_CUP, bowl]}

    def test_the_same_put_twice_leaves_what_it_left_once(self, client, cup, mug):
        once, twice = [send(client, "PUT", cup, MUG) for _ in range(2)]
        assert (twice.status_code, twice.json) == (200, {**STORED_MUG, "id": 1})
        assert client.get("/items").json == {"items": [once.json, STORED_MUG]}

    @pytest.mark.parametrize("missing", ["name", "price"])
    def test_put_needs_the_required_fields(self, client, mug, missing):
        body = {field: value for field, value in MUG.items() if field != missing}
        assert refusal(send(client, "PUT", mug, body)) == (422, {missing})
        assert client.get(mug).json == STORED_MUG

    @pytest.mark.parametrize(
        "change",
        [{}, {"name": "Bowl"}, {"price": 0}, {"note": ""}, {"price": 7, "note": NASTY}],
        ids=str,
    )
    def test_patch_keeps_what_it_does_not_name(self, client, cup, mug, change):
        response = send(client, "PATCH", mug, change)
        changed = {**STORED_MUG, **change}
        assert send(client, "PATCH", cup, {"price": 450}).status_code == 200
        assert (response.status_code, response.json) == (200, changed)
        assert client.get("/items").json == {"items": [STORED_CUP, changed]}

    @changing
    def test_put_and_patch_keep_valid_values_as_they_are(self, client, mug, method):
        for fields in RIGHT:
            response = send(client, method, mug, fields)
            changed = {"id": 2, **fields, "approved": False}
            assert (response.status_code, response.json) == (200, changed)

    @changing
    def test_an_approved_item_stays_approved(self, exercise, monkeypatch, method):
        store = exercise.ItemStore()
        monkeypatch.setattr(exercise, "ItemStore", lambda: store)
        client = exercise.create_app().test_client()
        location = client.post("/items", json=CUP).location
        store.find(1)["approved"] = True
        response = send(client, method, location, CUP)
        assert (response.status_code, response.json) == (200, {**STORED_CUP, "approved": True})

    @each_field
    @changing
    def test_a_refused_body_changes_nothing_at_all(self, client, mug, method, field):
        for value in WRONG[field]:
            body = {"name": "Bowl", "price": 9, "note": "New", field: value}
            assert refusal(send(client, method, mug, body)) == (422, {field})
        assert client.get(mug).json == STORED_MUG

    @each_other_field
    @changing
    def test_no_item_gets_a_field_that_is_not_the_clients(self, client, mug, method, field):
        for value in NOT_THE_CLIENTS[field]:
            body = {"name": "Bowl", "price": 9, field: value}
            assert refusal(send(client, method, mug, body)) == (422, {field})
        assert client.get(mug).json == STORED_MUG

    @changing
    def test_what_is_no_json_object_changes_nothing(self, client, mug, method):
        def sent(data, content_type=JSON):
            options = {"data": data, "content_type": content_type, "headers": ANY_STATE}
            return client.open(mug, method=method, **options).status_code

        assert (sent("{"), sent(""), sent("[]"), sent("null")) == (400, 400, 422, 422)
        assert (sent("{}", TEXT), sent('{"name": "X", "price": 1}', None)) == (415, 415)
        assert client.get(mug).json == STORED_MUG

    def test_delete_answers_204_without_a_body(self, client, cup, mug):
        response = send(client, "DELETE", cup)
        assert (response.status_code, response.data) == (204, b"")
        assert client.get("/items").json == {"items": [STORED_MUG]}

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
    def test_a_deleted_item_is_gone(self, client, cup, mug, method):
        assert send(client, "DELETE", cup).status_code == 204
        response = send(client, method, cup, {"name": "Bowl", "price": 900})
        assert (response.status_code, response.json) == (404, {"error": "Not Found"})
        assert client.get("/items").json == {"items": [STORED_MUG]}

    @pytest.mark.parametrize("deleted", [[1], [2], [1, 2]], ids=["the first", "the last", "both"])
    def test_an_id_is_never_given_again(self, client, cup, mug, deleted):
        for number in deleted:
            assert send(client, "DELETE", f"/items/{number}").status_code == 204
        assert client.post("/items", json=CUP).json["id"] == 3
