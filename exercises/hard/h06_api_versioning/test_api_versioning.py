"""What h06 asks for, step by step."""

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

V1 = "application/vnd.kata.v1+json"
V2 = "application/vnd.kata.v2+json"

TEA = {"name": "Tea", "tags": ["drinks", "hot"]}
CAFE = {"name": "  Café & <b>crème</b> 100% ", "tags": ["Drinks ", "Drinks "]}


@pytest.fixture
def app(exercise):
    """Return an application without items, four months before version 1 ends."""
    clock = Mock(return_value=datetime(2026, 5, 1, 12, tzinfo=UTC))
    app = exercise.create_app(clock, datetime(2026, 9, 1, tzinfo=UTC))
    app.testing = True
    return app


@pytest.fixture
def client(app):
    """Return a client of the application."""
    return app.test_client()


def negotiated(client, accept):
    """Return the answer of /items to this Accept header, or to a request without one."""
    return client.get("/items", headers={"Accept": accept} if accept else {})


class TestStep1OneStoreTwoForms:
    def test_version_1_shows_what_it_has_stored(self, client):
        created = client.post("/v1/items", json={"name": "Tea", "category": "drinks"})

        item = {"id": 1, "name": "Tea", "category": "drinks"}
        assert (created.status_code, created.location, created.json) == (201, "/v1/items/1", item)
        assert client.get("/v1/items").json == {"items": [item]}

    def test_version_2_shows_what_it_has_stored(self, client):
        created = client.post("/v2/items", json=TEA)

        item = {"id": 1, "name": "Tea", "tags": ["drinks", "hot"]}
        assert (created.status_code, created.location, created.json) == (201, "/v2/items/1", item)
        assert client.get("/v2/items").json == {"items": [item]}

    def test_each_version_shows_what_the_other_has_stored(self, client):
        client.post("/v1/items", json={"name": "Tea", "category": "drinks"})
        client.post("/v2/items", json={"name": "Bread", "tags": ["food"]})

        tea = {"id": 1, "name": "Tea", "tags": ["drinks"]}
        bread = {"id": 2, "name": "Bread", "category": "food"}
        assert client.get("/v2/items/1").json == tea
        assert client.get("/v1/items/2").json == bread
        assert client.get("/v2/items").json["items"][0] == tea
        assert client.get("/v1/items").json["items"][1] == bread

    def test_text_is_stored_as_it_is(self, client):
        old = {"name": CAFE["name"], "category": " Hot & <i>Cold</i> "}
        assert client.post("/v1/items", json=old).json == {"id": 1, **old}
        assert client.post("/v2/items", json=CAFE).json == {"id": 2, **CAFE}

    def test_members_of_the_other_version_are_ignored(self, client):
        both = {"name": "Tea", "category": "old", "tags": ["new"], "id": 7}
        client.post("/v1/items", json=both)
        client.post("/v2/items", json=both)
        expected = [
            {"id": 1, "name": "Tea", "tags": ["old"]},
            {"id": 2, "name": "Tea", "tags": ["new"]},
        ]
        assert client.get("/v2/items").json == {"items": expected}

        client.put("/v1/items/2", json={**both, "category": "older", "tags": ["newer"]})
        assert client.get("/v2/items/2").json == {"id": 2, "name": "Tea", "tags": ["older"]}

    def test_two_applications_share_no_items(self, exercise, client):
        client.post("/v2/items", json=TEA)

        clock = Mock(return_value=datetime(2026, 5, 1, 12, tzinfo=UTC))
        other = exercise.create_app(clock, datetime(2026, 9, 1, tzinfo=UTC)).test_client()
        assert [other.get(f"/{version}/items").json for version in ("v1", "v2")] == [
            {"items": []}
        ] * 2


class TestStep2WhatIsFrozenAndWhatIsNotLost:
    def test_version_1_sends_the_bytes_that_it_always_sent(self, client):
        old = {"name": "Café <crème> & Co", "category": "drinks"}
        answers = [client.post("/v1/items", json=old), client.get("/v1/items/1")]
        answers.append(client.put("/v1/items/1", json=old))

        item = rb'{"category":"drinks","id":1,"name":"Caf\u00e9 <cr\u00e8me> & Co"}'
        expected = ("application/json", item + b"\n")
        assert [(each.content_type, each.data) for each in answers] == [expected] * 3
        assert client.get("/v1/items").data == b'{"items":[' + item + b"]}\n"

    def test_version_2_sends_text_as_it_is(self, client):
        written = client.application.json.dumps("é")
        created = client.post("/v2/items", json=CAFE)

        assert (created.mimetype, created.json) == ("application/json", {"id": 1, **CAFE})
        assert "  Café & <b>crème</b> 100% " in created.text
        assert "  Café & <b>crème</b> 100% " in client.get("/v2/items").text
        assert client.application.json.dumps("é") == written, "A setting changes with each answer."

    def test_a_put_in_version_2_replaces_the_item(self, client):
        client.post("/v2/items", json=TEA)

        assert client.put("/v2/items/1", json=CAFE).json == {"id": 1, **CAFE}
        assert client.get("/v2/items").json == {"items": [{"id": 1, **CAFE}]}
        assert client.put("/v2/items/1", json={"name": "Tea", "tags": []}).json["tags"] == []

    @pytest.mark.parametrize(
        ("tags", "category"), [(["hot", "drinks"], "hot"), ([], "")], ids=["two tags", "no tags"]
    )
    def test_version_1_shows_what_only_version_2_can_store(self, client, tags, category):
        client.post("/v2/items", json={"name": "Tea", "tags": tags})

        assert client.get("/v1/items/1").json == {"id": 1, "name": "Tea", "category": category}

    @pytest.mark.parametrize(("category", "tags"), [("", []), (" ", [" "])], ids=["empty", "blank"])
    def test_only_an_empty_category_is_not_a_tag(self, client, category, tags):
        client.post("/v1/items", json={"name": "Tea", "category": category})

        assert client.get("/v2/items/1").json == {"id": 1, "name": "Tea", "tags": tags}

    def test_a_put_in_version_1_gives_an_item_its_first_tag(self, client):
        client.post("/v2/items", json={"name": "Tea", "tags": []})

        client.put("/v1/items/1", json={"name": "Tea", "category": "drinks"})

        assert client.get("/v2/items/1").json == {"id": 1, "name": "Tea", "tags": ["drinks"]}

    def test_version_1_loses_no_tags_that_it_does_not_know(self, client):
        client.post("/v2/items", json={"name": "Tea", "tags": ["drinks", "hot", "green"]})

        client.put("/v1/items/1", json={"name": "Sencha", "category": "Japan"})

        expected = {"id": 1, "name": "Sencha", "tags": ["Japan", "hot", "green"]}
        assert client.get("/v2/items/1").json == expected
        again = client.put("/v1/items/1", json={"name": "Sencha", "category": "green"})
        assert again.json == {"id": 1, "name": "Sencha", "category": "green"}
        assert client.get("/v2/items/1").json["tags"] == ["green", "hot", "green"]


class TestStep3TheVersionByTheAcceptHeader:
    @pytest.mark.parametrize(
        ("accept", "media_type"),
        [
            pytest.param(V1, V1, id="v1"),
            pytest.param(V2, V2, id="v2"),
            pytest.param(f"{V1}, {V2}", V2, id="v1, v2"),
            pytest.param(f"{V2};q=0.5, {V1}", V1, id="v2;q=0.5, v1"),
            pytest.param(f"{V1};q=0.1, */*;q=0.9", V2, id="v1;q=0.1, */*;q=0.9"),
            pytest.param(f"{V2};q=0, */*", V1, id="v2;q=0, */*"),
            pytest.param("text/html,*/*;q=0.8", V2, id="text/html,*/*;q=0.8"),
            pytest.param(f"{V2};q=0.2, application/*", V1, id="v2;q=0.2, application/*"),
            pytest.param(None, V2, id="no header"),
        ],
    )
    def test_the_version_that_the_client_prefers_is_sent(self, client, accept, media_type):
        client.post("/v2/items", json=CAFE)

        response = negotiated(client, accept)

        assert (response.status_code, response.mimetype) == (200, media_type)
        assert response.data == client.get("/v1/items" if media_type == V1 else "/v2/items").data

    @pytest.mark.parametrize(
        "accept",
        ["application/json", "application/vnd.kata.v22+json", f"{V1};q=0, {V2};q=0"],
        ids=["no version", "version 22", "neither of the two"],
    )
    def test_a_client_that_accepts_neither_is_told_what_is_on_offer(self, client, accept):
        response = negotiated(client, accept)

        assert (response.status_code, response.json) == (406, {"available": [V2, V1]})

    @pytest.mark.parametrize(
        "accept", [V1, V2, None, "text/html"], ids=["v1", "v2", "no header", "text/html"]
    )
    def test_every_answer_varies_by_accept(self, client, accept):
        response = negotiated(client, accept)

        assert response.status_code in (200, 406)
        assert "Accept" in response.vary
