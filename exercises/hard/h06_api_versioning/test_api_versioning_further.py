"""What h06 asks for further on, step by step."""

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

each_request = pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/items", 200),
        ("GET", "/v1/items/1", 200),
        ("GET", "/v1/items/9", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/", 404),
        ("GET", "/v1//items", 308),
        ("DELETE", "/v1/items", 405),
        ("POST", "/v1/items", 415),
        ("PUT", "/v1/items/1", 415),
        ("OPTIONS", "/v1/items", 200),
    ],
    ids=[
        "list",
        "item",
        "unknown item",
        "no page",
        "nothing more",
        "redirect",
        "wrong method",
        "POST",
        "PUT",
        "OPTIONS",
    ],
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
            ("/v1", V1),
            ("/v2/v1/items", V1),
            ("/items", f"{V2}, {V1};q=0.5"),
            ("/items", "text/html"),
        ],
        ids=["v2", "v10", "without a slash", "v1 further on", "items as v2", "items as nothing"],
    )
    def test_no_other_answer_announces_an_end(self, client, path, accept):
        assert notice_in(client.get("/v1/items")) == NOTICE

        response = client.get(path, headers={"Accept": accept})
        assert notice_in(response) == NO_NOTICE

    def test_the_path_is_the_one_below_the_mount(self, client):
        answers = [
            client.get(path, environ_overrides={"SCRIPT_NAME": mount})
            for mount, path in (("/api", "/v1/items"), ("/v1", "/v2/items"))
        ]
        assert [notice_in(response) for response in answers] == [NOTICE, NO_NOTICE]


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

    def test_what_ends_is_below_the_mount(self, client, clock):
        clock.return_value = SUNSET
        answers = [
            client.get(path, environ_overrides={"SCRIPT_NAME": mount})
            for mount, path in (("/api", "/v1/items"), ("/v1", "/v2/items"))
        ]
        assert [response.status_code for response in answers] == [410, 200]

    def test_a_request_that_comes_too_late_changes_nothing(self, client, clock):
        client.post("/v1/items", json={"name": "Tea", "category": "drinks"})

        clock.return_value = SUNSET
        late = client.post("/v1/items", json={"name": "Bread", "category": "food"})
        changed = client.put("/v1/items/1", json={"name": "Bread", "category": "food"})
        assert (late.status_code, changed.status_code) == (410, 410)
        assert client.head("/v1/items").status_code == 410
        assert client.get("/v2/items").json == {
            "items": [{"id": 1, "name": "Tea", "tags": ["drinks"]}]
        }

    def test_items_no_longer_offers_version_1(self, client, clock):
        assert negotiated(client, V1).mimetype == V1

        clock.return_value = SUNSET
        response = negotiated(client, V1)
        assert (response.status_code, response.json) == (406, {"available": [V2]})
        assert "Accept" in response.vary
        assert notice_in(response) == NO_NOTICE
        assert negotiated(client, f"{V1}, {V2};q=0.1").mimetype == V2

    def test_nothing_else_ends(self, client, clock):
        clock.return_value = SUNSET
        assert client.get("/v1/items").status_code == 410

        paths = ["/v2/items", "/items", "/v10/items", "/v1"]
        assert [client.get(path).status_code for path in paths] == [200, 200, 404, 404]
