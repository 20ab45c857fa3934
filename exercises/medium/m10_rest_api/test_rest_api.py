"""What m10 asks for, step by step."""

import re

import pytest

CUP = {"name": "Cup", "price": 450}
MUG = {"name": "Mug", "price": 600, "note": "Handmade"}
STORED_CUP = {"id": 1, **CUP, "note": "", "approved": False}
STORED_MUG = {"id": 2, **MUG, "approved": False}
ANY_STATE = {"If-Match": "*"}
WRONG = {
    "name": ["", "  ", "x" * 80 + " ", 5],
    "price": [-1, 4.5, "450", True, None],
    "note": [None, 5],
}
NOT_THE_CLIENTS = [("approved", True), ("approved", False), ("id", 2), ("is_admin", True)]
WRITING = ["PUT", "PATCH", "DELETE"]

wrong_values = pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in WRONG for value in WRONG[field]]
)
never_set_by_a_client = pytest.mark.parametrize(("field", "value"), NOT_THE_CLIENTS)


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


def refusal(response):
    """Return the status, and the fields that the JSON names as wrong."""
    body = response.json if response.is_json else {}
    return response.status_code, set(body.get("errors", {}))


def write(client, method, address, if_match=None):
    """Send a valid request that changes an item, with or without ``If-Match``."""
    headers = {} if if_match is None else {"If-Match": if_match}
    body = None if method == "DELETE" else {"name": "Bowl", "price": 900}
    return client.open(address, method=method, json=body, headers=headers)


class TestStep1ListAndCreate:
    def test_creating_answers_201_with_the_item(self, client):
        response = client.post("/items", json=CUP)
        assert (response.status_code, response.json) == (201, STORED_CUP)

    def test_the_location_leads_to_the_new_item(self, client, cup, mug):
        assert [client.get(cup).json, client.get(mug).json] == [STORED_CUP, STORED_MUG]

    def test_the_list_has_the_items_in_the_order_of_their_creation(self, client):
        assert client.get("/items").json == {"items": []}

        client.post("/items", json=CUP)
        client.post("/items", json=MUG)
        assert client.get("/items").json == {"items": [STORED_CUP, STORED_MUG]}

    def test_an_item_that_is_not_there_is_404(self, client, cup):
        assert [client.get(f"/items/{n}").status_code for n in (1, 2)] == [200, 404]

    def test_two_applications_share_no_items(self, exercise, client, cup):
        assert client.get("/items").json == {"items": [STORED_CUP]}
        other = exercise.create_app().test_client()
        assert other.get("/items").json == {"items": []}
        assert other.post("/items", json=MUG).json == {**STORED_MUG, "id": 1}


class TestStep2BodiesThatAreRefused:
    @wrong_values
    def test_a_wrong_value_is_refused_and_its_field_named(self, client, field, value):
        assert refusal(client.post("/items", json={**CUP, field: value})) == (422, {field})

    @pytest.mark.parametrize("fields", [{"name": "é" * 80}, {"price": 0}, {"note": " "}], ids=str)
    def test_what_is_just_within_the_rules_is_accepted(self, client, fields):
        assert client.post("/items", json={**CUP, **fields}).json == {**STORED_CUP, **fields}

    def test_all_wrong_and_missing_fields_are_named_at_once(self, client):
        response = client.post("/items", json={"name": "", "colour": "red"})

        assert refusal(response) == (422, {"name", "price", "colour"})
        assert client.get("/items").json == {"items": []}

    @never_set_by_a_client
    def test_no_item_is_created_with_a_field_that_is_not_the_clients(self, client, field, value):
        response = client.post("/items", json={**CUP, field: value})

        assert refusal(response) == (422, {field})
        assert client.get("/items").json == {"items": []}
        assert client.post("/items", json=CUP).status_code == 201

    @pytest.mark.parametrize("body", ["null", "[]", "[1]", '"Cup"', "0", "true"])
    def test_a_body_that_is_not_an_object_is_refused(self, client, body):
        assert client.post("/items", data=body, content_type="application/json").status_code == 422

    def test_a_body_that_is_not_json_is_refused(self, client):
        malformed = client.post("/items", data='{"name": ', content_type="application/json")
        text = client.post("/items", data="name=Cup", content_type="text/plain")

        assert (malformed.status_code, text.status_code) == (400, 415)


class TestStep3ReplaceChangeDelete:
    def test_put_replaces_the_whole_item(self, client, cup, mug):
        response = client.put(mug, json={"name": "Bowl", "price": 900}, headers=ANY_STATE)

        bowl = {"id": 2, "name": "Bowl", "price": 900, "note": "", "approved": False}
        assert (response.status_code, response.json) == (200, bowl)
        assert client.get("/items").json == {"items": [STORED_CUP, bowl]}

    def test_the_same_put_twice_leaves_what_it_left_once(self, client, cup, mug):
        once, twice = [client.put(cup, json=MUG, headers=ANY_STATE) for _ in range(2)]
        assert (twice.status_code, twice.json) == (200, once.json)
        assert client.get("/items").json == {"items": [once.json, STORED_MUG]}

    def test_put_needs_the_required_fields(self, client, mug):
        response = client.put(mug, json={"price": 900}, headers=ANY_STATE)
        assert refusal(response) == (422, {"name"})
        assert client.get(mug).json == STORED_MUG

    @pytest.mark.parametrize("change", [{"price": 0, "note": ""}, {}], ids=["some", "nothing"])
    def test_patch_keeps_what_it_does_not_name(self, client, mug, change):
        response = client.patch(mug, json=change, headers=ANY_STATE)
        assert (response.status_code, response.json) == (200, {**STORED_MUG, **change})
        assert client.get(mug).json == {**STORED_MUG, **change}

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_an_approved_item_stays_approved(self, exercise, monkeypatch, method):
        store = exercise.ItemStore()
        monkeypatch.setattr(exercise, "ItemStore", lambda: store)
        client = exercise.create_app().test_client()
        location = client.post("/items", json=CUP).location
        store.find(1)["approved"] = True

        response = client.open(location, method=method, json=CUP, headers=ANY_STATE)
        assert response.json == {**STORED_CUP, "approved": True}

    @wrong_values
    def test_a_refused_patch_changes_nothing_at_all(self, client, mug, field, value):
        body = {"name": "Bowl", "price": 900, field: value}

        assert client.patch(mug, json=[], headers=ANY_STATE).status_code == 422
        assert refusal(client.patch(mug, json=body, headers=ANY_STATE)) == (422, {field})
        assert client.get(mug).json == STORED_MUG

    @never_set_by_a_client
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_no_item_gets_a_field_that_is_not_the_clients(self, client, mug, method, field, value):
        body = {**MUG, field: value}
        response = client.open(mug, method=method, json=body, headers=ANY_STATE)

        assert refusal(response) == (422, {field})
        assert client.get(mug).json == STORED_MUG
        assert client.open(mug, method=method, json=MUG, headers=ANY_STATE).status_code == 200

    def test_delete_answers_204_without_a_body(self, client, cup, mug):
        response = client.delete(cup, headers=ANY_STATE)
        assert (response.status_code, response.data) == (204, b"")
        assert client.get("/items").json == {"items": [STORED_MUG]}

    @pytest.mark.parametrize("method", ["GET", *WRITING])
    def test_a_deleted_item_is_gone(self, client, cup, method):
        assert client.delete(cup, headers=ANY_STATE).status_code == 204

        assert write(client, method, cup, if_match="*").status_code == 404
        assert client.get("/items").json == {"items": []}

    @pytest.mark.parametrize("number", [1, 2], ids=["the first deleted", "the last deleted"])
    def test_an_id_is_never_given_again(self, client, cup, mug, number):
        assert client.delete(f"/items/{number}", headers=ANY_STATE).status_code == 204

        assert client.post("/items", json=CUP).json["id"] == 3


class TestStep4NobodyOverwritesWhatTheyHaveNotSeen:
    @pytest.mark.parametrize("tags", ["{}", "W/{}", '"other", {}'], ids=["same", "weak", "list"])
    def test_what_the_client_has_already_is_not_sent_again(self, client, cup, tags):
        etag = client.get(cup).headers.get("ETag", "")

        response = client.get(cup, headers={"If-None-Match": tags.format(etag)})

        assert (response.status_code, response.data) == (304, b"")
        assert response.headers.get("ETag") == etag

    def test_an_etag_is_in_double_quotes(self, client, cup):
        etag = client.get(cup).headers.get("ETag", "")
        assert re.fullmatch('"[^"]+"', etag), f"This ETag is not a text in double quotes: {etag}"

    @pytest.mark.parametrize("change", [{"name": "Pot"}, {"price": 9}, {"note": "Hot"}], ids=str)
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_a_changed_item_is_sent_again_with_another_etag(self, client, cup, method, change):
        etag = client.get(cup).headers.get("ETag", "")
        client.open(cup, method=method, json={**CUP, **change}, headers=ANY_STATE)

        response = client.get(cup, headers={"If-None-Match": etag})

        assert (response.status_code, response.json) == (200, {**STORED_CUP, **change})
        assert response.headers.get("ETag") not in (None, etag)

    @pytest.mark.parametrize("method", WRITING)
    def test_without_if_match_nothing_is_changed(self, client, cup, method):
        assert write(client, method, cup).status_code == 428
        assert client.get(cup).json == STORED_CUP

    @pytest.mark.parametrize("tags", ["{}", '"other",{}', "*"], ids=["same", "list", "star"])
    @pytest.mark.parametrize("method", WRITING)
    def test_who_knows_the_current_state_may_change_it(self, client, cup, method, tags):
        etag = client.get(cup).headers.get("ETag", "")

        response = write(client, method, cup, if_match=tags.format(etag))

        assert response.status_code == (204 if method == "DELETE" else 200)

    @pytest.mark.parametrize("tags", ['"other"', "W/{}", '"1{1}"'], ids=["other", "weak", "longer"])
    @pytest.mark.parametrize("method", WRITING)
    def test_any_other_tag_is_refused(self, client, cup, method, tags):
        etag = client.get(cup).headers.get("ETag", "")

        tags = tags.format(etag, etag.strip('"'))
        assert write(client, method, cup, if_match=tags).status_code == 412
        assert client.get(cup).json == STORED_CUP

    @pytest.mark.parametrize("tag", [None, '"other"'], ids=["no tag", "other"])
    @pytest.mark.parametrize("method", WRITING)
    def test_an_id_that_is_not_there_is_404_whatever_the_tag(self, client, cup, method, tag):
        assert write(client, method, "/items/2", tag).status_code == 404

    def test_the_second_of_two_writers_does_not_overwrite_the_first(self, client, cup):
        seen_by_both = {"If-Match": client.get(cup).headers.get("ETag", "")}

        first = client.patch(cup, json={"price": 500}, headers=seen_by_both)
        second = client.patch(cup, json={"price": 400}, headers=seen_by_both)

        assert (first.status_code, second.status_code) == (200, 412)
        assert client.get(cup).json["price"] == 500
