"""What the core of e08 asks for, step by step."""

import json

import pytest
from werkzeug.datastructures import Headers

# Where the connection comes from.
PEER = {"REMOTE_ADDR": "192.0.2.1"}

# Text that is to stay as it is.
NASTY = "  Ada, Bob & <b>Zoë</b> 100% " + 150 * "é"


@pytest.fixture
def app(exercise):
    """Return an application without a proxy in front of it."""
    app = exercise.create_app()
    app.testing = True
    return app


@pytest.fixture
def client(app):
    """Return a client of the application."""
    return app.test_client()


class TestStep1WhatArrivedWithoutTheSecrets:
    def test_the_request_is_described_as_json(self, client):
        response = client.get("/inspect?page=2", headers={"User-Agent": "kata"})

        assert response.json == {
            "method": "GET",
            "path": "/inspect",
            "args": {"page": ["2"]},
            "address": "127.0.0.1",
            "headers": {"Host": "localhost", "User-Agent": "kata"},
        }

    def test_a_repeated_argument_keeps_all_its_values_in_order(self, client):
        response = client.get("/inspect?tag=b&page=2&tag=a&q=&tag=b")

        assert response.json["args"] == {"tag": ["b", "a", "b"], "page": ["2"], "q": [""]}

    def test_an_argument_is_shown_as_it_is(self, client):
        response = client.get("/inspect", query_string={NASTY: NASTY})

        assert response.json["args"] == {NASTY: [NASTY]}

    @pytest.mark.parametrize(
        "name",
        ["X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Client-IP"],
    )
    def test_no_header_changes_the_address(self, client, name):
        headers = {name: "203.0.113.9", "Forwarded": "for=203.0.113.9"}

        response = client.get("/inspect", headers=headers, environ_base=PEER)

        assert response.json["address"] == "192.0.2.1"

    def test_the_description_is_of_any_request(self, exercise, app):
        with app.test_request_context(
            "/orders/7 & 8/?page=2", method="PUT", data={"page": "3"}, environ_base=PEER
        ):
            description = exercise.describe_request()

        del description["headers"]
        assert description == {
            "method": "PUT",
            "path": "/orders/7 & 8/",
            "args": {"page": ["2"]},
            "address": "192.0.2.1",
        }

    def test_the_description_itself_is_without_secrets(self, exercise, app):
        with app.test_request_context(headers={"Authorization": "secret"}, environ_base=PEER):
            description = exercise.describe_request()

        assert description["headers"] == {"Host": "localhost", "Authorization": "[redacted]"}

    def test_secrets_are_redacted(self, client):
        client.set_cookie("session", "secret-1")
        secrets = {"Authorization": "Bearer 2", "Proxy-Authorization": "3", "X-API-Key": ""}

        headers = client.get("/inspect", headers=secrets).json["headers"]

        names = ["Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key"]
        assert {name: headers.get(name) for name in names} == dict.fromkeys(names, "[redacted]")

    @pytest.mark.parametrize("change", [str.lower, str.upper, str.title], ids=lambda f: f.__name__)
    @pytest.mark.parametrize(
        "name", ["Authorization", "Cookie", "Proxy-Authorization", "X-API-Key"]
    )
    def test_upper_and_lower_case_make_no_difference(self, exercise, name, change):
        headers = Headers([(change(name), "secret"), ("Accept", "text/html")])

        assert exercise.safe_headers(headers) == {
            change(name): "[redacted]",
            "Accept": "text/html",
        }

    def test_every_other_header_is_shown(self, exercise):
        headers = {"X-Request-Id": "7", "X-Cookie-Consent": "yes", "X-Key": "", "key": NASTY}

        assert exercise.safe_headers(Headers(headers)) == headers


class TestStep2ABodyThatMustBeJSON:
    @pytest.mark.parametrize(
        "value",
        [{"b": {"a": [NASTY]}}, {}, [1, 2.5, 1], [], "text", "", 7, 0, 2**70, True, False, None],
        ids=lambda value: json.dumps(value)[:20],
    )
    def test_the_value_that_came_in_goes_out(self, client, value):
        body = json.dumps(value)

        response = client.post("/echo", data=body, content_type="application/json")

        assert (response.status_code, response.mimetype) == (200, "application/json")
        assert (type(response.json), response.json) == (type(value), value)

    @pytest.mark.parametrize(
        "kind", ["application/json; charset=utf-8", "application/ld+json", "Application/JSON"]
    )
    def test_every_type_that_is_json_for_flask_is_read(self, client, kind):
        response = client.post("/echo", data="[1]", content_type=kind)

        assert (response.status_code, response.json) == (200, [1])

    @pytest.mark.parametrize(
        "kind",
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/json", None],
    )
    @pytest.mark.parametrize("body", ["[1]", "[1"], ids=["JSON", "cut"])
    def test_a_body_that_does_not_claim_to_be_json_gets_415(self, client, kind, body):
        assert client.post("/echo", data=body, content_type=kind).status_code == 415

    @pytest.mark.parametrize(
        "body",
        [b'{"name": ', b"", b"name=Ada", b'"\xff"'],
        ids=["cut", "empty", "form", "not utf-8"],
    )
    def test_a_body_that_claims_to_be_json_and_is_not_gets_400(self, client, body):
        response = client.post("/echo", data=body, content_type="application/json")

        assert response.status_code == 400
