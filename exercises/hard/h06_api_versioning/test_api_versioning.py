"""What h06 asks for, step by step."""

import time
from datetime import UTC, datetime, timedelta, timezone
from unittest.mock import Mock

import pytest

V1 = "application/vnd.kata.v1+json"
V2 = "application/vnd.kata.v2+json"
NO_NOTICE = {"Deprecation": None, "Sunset": None}
NOTICE = {"Deprecation": "@1768435200", "Sunset": "Tue, 01 Sep 2026 12:30:00 GMT"}
SUNSET = datetime(2026, 9, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))

TEA = {"name": "Tea", "tags": ["drinks", "hot"]}
CAFE = {"name": "Café crème", "tags": ["drinks"]}

each_request = pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/items", 200),
        ("GET", "/v1/items/1", 200),
        ("GET", "/v1/items/9", 404),
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/items", 405),
        ("POST", "/v1/items", 415),
        ("PUT", "/v1/items/1", 415),
        ("OPTIONS", "/v1/items", 200),
    ],
    ids=["list", "item", "unknown item", "no page", "wrong method", "POST", "PUT", "OPTIONS"],
)


@pytest.fixture
def clock(monkeypatch):
    """Yield a clock that has stopped four months before the end, on a machine in Tokyo."""
    with monkeypatch.context() as machine:
        machine.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield Mock(return_value=datetime(2026, 5, 1, 12, tzinfo=UTC))
    time.tzset()


@pytest.fixture
def client(exercise, clock):
    """Return a client of an application without items."""
    app = exercise.create_app(clock, SUNSET)
    app.testing = True
    return app.test_client()


def negotiated(client, accept):
    """Return the answer of /items to this Accept header, or to a request without one."""
    return client.get("/items", headers={"Accept": accept} if accept else {})


def notice_in(response):
    """Return the headers that announce the end."""
    return {name: response.headers.get(name) for name in NOTICE}


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

        assert client.get("/v2/items/1").json == {"id": 1, "name": "Tea", "tags": ["drinks"]}
        assert client.get("/v1/items/2").json == {"id": 2, "name": "Bread", "category": "food"}


class TestStep2WhatIsFrozenAndWhatIsNotLost:
    def test_version_1_sends_the_bytes_that_it_always_sent(self, client):
        client.post("/v1/items", json={"name": "Café crème", "category": "drinks"})

        item = rb'{"category":"drinks","id":1,"name":"Caf\u00e9 cr\u00e8me"}'
        response = client.get("/v1/items/1")
        assert (response.content_type, response.data) == ("application/json", item + b"\n")
        assert client.get("/v1/items").data == b'{"items":[' + item + b"]}\n"

    def test_version_2_sends_text_as_it_is(self, client):
        written = client.application.json.dumps("é")
        created = client.post("/v2/items", json=CAFE)

        assert (created.mimetype, created.json) == ("application/json", {"id": 1, **CAFE})
        assert "Café crème" in created.text
        assert "Café crème" in client.get("/v2/items").text
        assert client.application.json.dumps("é") == written, "A setting changes with each answer."

    def test_a_put_in_version_2_replaces_the_item(self, client):
        client.post("/v2/items", json=TEA)

        assert client.put("/v2/items/1", json=CAFE).json == {"id": 1, **CAFE}
        assert client.get("/v2/items").json == {"items": [{"id": 1, **CAFE}]}

    @pytest.mark.parametrize(
        ("tags", "category"), [(["hot", "drinks"], "hot"), ([], "")], ids=["two tags", "no tags"]
    )
    def test_version_1_shows_what_only_version_2_can_store(self, client, tags, category):
        client.post("/v2/items", json={"name": "Tea", "tags": tags})

        assert client.get("/v1/items/1").json == {"id": 1, "name": "Tea", "category": category}

    def test_an_empty_category_is_not_a_tag(self, client):
        client.post("/v1/items", json={"name": "Tea", "category": ""})

        assert client.get("/v2/items/1").json == {"id": 1, "name": "Tea", "tags": []}

    def test_version_1_loses_no_tags_that_it_does_not_know(self, client):
        client.post("/v2/items", json={"name": "Tea", "tags": ["drinks", "hot", "green"]})

        client.put("/v1/items/1", json={"name": "Sencha", "category": "Japan"})

        expected = {"id": 1, "name": "Sencha", "tags": ["Japan", "hot", "green"]}
        assert client.get("/v2/items/1").json == expected
        again = client.put("/v1/items/1", json={"name": "Sencha", "category": "green"})
        assert again.json == {"id": 1, "name": "Sencha", "category": "green"}


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
        assert "Accept" in negotiated(client, accept).vary


class TestStep4NoticeInGoodTime:
    @each_request
    def test_every_answer_of_version_1_announces_its_end(self, client, method, path, status):
        client.post("/v2/items", json=TEA)

        response = client.open(path, method=method)

        assert (response.status_code, notice_in(response)) == (status, NOTICE)

    def test_version_1_announces_its_end_in_items_too(self, client):
        assert notice_in(negotiated(client, V1)) == NOTICE

    @pytest.mark.parametrize(
        ("path", "accept"),
        [
            ("/v2/items", V1),
            ("/v10/items", V1),
            ("/v2/v1/items", V1),
            ("/items", f"{V2}, {V1};q=0.5"),
            ("/items", "text/html"),
        ],
        ids=["v2", "v10", "v1 further on", "items as v2", "items as nothing"],
    )
    def test_no_other_answer_announces_an_end(self, client, path, accept):
        assert notice_in(client.get("/v1/items")) == NOTICE

        response = client.get(path, headers={"Accept": accept})
        assert notice_in(response) == NO_NOTICE


class TestStep5TheEnd:
    @pytest.mark.parametrize(
        ("seconds", "status"),
        [(-1, 200), (0, 410), (1, 410)],
        ids=["a second before", "at sunset", "a second later"],
    )
    def test_version_1_ends_at_the_very_moment(self, client, clock, seconds, status):
        clock.return_value = (SUNSET + timedelta(seconds=seconds)).astimezone(UTC)

        response = client.get("/v1/items")

        assert (response.status_code, notice_in(response)) == (status, NOTICE)

    @each_request
    def test_every_request_for_version_1_is_answered_410(self, client, clock, method, path, status):
        client.post("/v2/items", json=TEA)
        assert client.open(path, method=method).status_code == status

        clock.return_value = SUNSET
        response = client.open(path, method=method)
        assert (response.status_code, notice_in(response)) == (410, NOTICE)

    def test_a_request_that_comes_too_late_changes_nothing(self, client, clock):
        client.post("/v1/items", json={"name": "Tea", "category": "drinks"})

        clock.return_value = SUNSET
        late = client.post("/v1/items", json={"name": "Bread", "category": "food"})
        assert late.status_code == 410
        assert client.get("/v2/items").json == {
            "items": [{"id": 1, "name": "Tea", "tags": ["drinks"]}]
        }

    def test_items_no_longer_offers_version_1(self, client, clock):
        assert negotiated(client, V1).mimetype == V1

        clock.return_value = SUNSET
        response = negotiated(client, V1)
        assert (response.status_code, response.json) == (406, {"available": [V2]})
        assert notice_in(response) == NO_NOTICE
        assert negotiated(client, f"{V1}, {V2};q=0.1").mimetype == V2

    def test_nothing_else_ends(self, client, clock):
        clock.return_value = SUNSET
        assert client.get("/v1/items").status_code == 410

        paths = ["/v2/items", "/items", "/v10/items"]
        assert [client.get(path).status_code for path in paths] == [200, 200, 404]
