"""What e08 asks for, step by step."""

import json
import threading

import pytest
from flask import request
from werkzeug.datastructures import Headers

# Where the connection comes from.
PEER = {"REMOTE_ADDR": "192.0.2.1"}


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


@pytest.fixture
def address(exercise):
    """Return a function that asks an application behind some proxies for the client's address."""

    def ask(trusted_proxies: int, headers: dict[str, str]) -> str:
        app = exercise.create_app(trusted_proxies=trusted_proxies)
        app.testing = True
        response = app.test_client().get("/inspect", headers=headers, environ_base=PEER)
        return response.json["address"]

    return ask


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

    def test_a_repeated_argument_keeps_all_its_values(self, client):
        response = client.get("/inspect?tag=a&page=2&tag=b&q=")

        assert response.json["args"] == {"tag": ["a", "b"], "page": ["2"], "q": [""]}

    def test_the_description_is_of_any_request(self, exercise, app):
        with app.test_request_context(
            "/orders/7?page=2", method="PUT", data={"page": "3"}, environ_base=PEER
        ):
            description = exercise.describe_request()

        del description["headers"]
        assert description == {
            "method": "PUT",
            "path": "/orders/7",
            "args": {"page": ["2"]},
            "address": "192.0.2.1",
        }

    def test_the_description_itself_is_without_secrets(self, exercise, app):
        with app.test_request_context(headers={"Authorization": "secret"}, environ_base=PEER):
            description = exercise.describe_request()

        assert description["headers"] == {"Host": "localhost", "Authorization": "[redacted]"}

    def test_secrets_are_redacted(self, client):
        client.set_cookie("session", "secret-1")
        secrets = {"Authorization": "secret-2", "Proxy-Authorization": "3", "X-API-Key": "4"}

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
        headers = {"X-Request-Id": "7", "X-Cookie-Consent": "yes", "X-Key": "", "key": "api"}

        assert exercise.safe_headers(Headers(headers)) == headers


class TestStep2ABodyThatMustBeJSON:
    @pytest.mark.parametrize(
        "value",
        [{"name": "Ada"}, {}, [1, 2.5], [], "text", "", 7, 0, True, False, None],
        ids=json.dumps,
    )
    def test_the_value_that_came_in_goes_out(self, client, value):
        body = json.dumps(value)

        response = client.post("/echo", data=body, content_type="application/json")

        assert (response.status_code, response.mimetype) == (200, "application/json")
        assert response.json == value

    def test_a_parameter_of_the_content_type_changes_nothing(self, client):
        kind = "application/json; charset=utf-8"

        assert client.post("/echo", data="[1]", content_type=kind).json == [1]

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
    def test_a_body_that_does_not_claim_to_be_json_gets_415(self, client, kind):
        assert client.post("/echo", data="[1]", content_type=kind).status_code == 415

    @pytest.mark.parametrize(
        "body",
        [b'{"name": ', b"", b"name=Ada", b'"\xff"'],
        ids=["cut", "empty", "form", "not utf-8"],
    )
    def test_a_body_that_claims_to_be_json_and_is_not_gets_400(self, client, body):
        response = client.post("/echo", data=body, content_type="application/json")

        assert response.status_code == 400


class TestStep3TheAddressOfTheClient:
    def test_without_a_proxy_the_header_is_not_believed(self, address):
        assert address(0, {"X-Forwarded-For": "203.0.113.9"}) == "192.0.2.1"

    @pytest.mark.parametrize("comma", [", ", ","], ids=["with a space", "without"])
    def test_behind_one_proxy_the_last_entry_is_the_client(self, address, comma):
        forwarded = comma.join(["203.0.113.9", "198.51.100.4"])

        assert address(1, {"X-Forwarded-For": forwarded}) == "198.51.100.4"

    def test_behind_two_proxies_the_last_entry_but_one_is_the_client(self, address):
        forwarded = "203.0.113.9, 198.51.100.4, 192.0.2.77"

        assert address(2, {"X-Forwarded-For": forwarded}) == "198.51.100.4"

    @pytest.mark.parametrize(
        ("trusted_proxies", "forwarded"),
        [(1, ""), (2, "203.0.113.9"), (3, "203.0.113.9, 198.51.100.4")],
        ids=["none of one", "one of two", "two of three"],
    )
    def test_with_too_few_entries_it_is_where_the_connection_comes_from(
        self, address, trusted_proxies, forwarded
    ):
        assert address(trusted_proxies, {"X-Forwarded-For": forwarded}) == "192.0.2.1"

    def test_each_application_has_a_number_of_its_own(self, exercise):
        app = exercise.create_app(trusted_proxies=1)
        exercise.create_app(trusted_proxies=2)
        forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}

        response = app.test_client().get("/inspect", headers=forwarded)

        assert response.json["address"] == "198.51.100.4"

    @pytest.mark.parametrize("trusted_proxies", [0, 1, 2])
    def test_without_the_header_it_is_where_the_connection_comes_from(
        self, address, trusted_proxies
    ):
        assert address(trusted_proxies, {}) == "192.0.2.1"


class TestStep4OutsideTheRequestAndInAThread:
    def test_outside_a_request_flask_raises_its_own_error(self, exercise):
        with pytest.raises(RuntimeError, match="Working outside of request context"):
            exercise.describe_request()

    def test_the_work_is_done_in_another_thread(self, exercise, app):
        with app.test_request_context("/inspect", environ_base=PEER):
            worker = exercise.run_in_thread(threading.current_thread)

        assert isinstance(worker, threading.Thread), f"run_in_thread returned {worker!r}."
        assert worker is not threading.current_thread()

    def test_the_thread_sees_what_the_view_has_already_read(self, exercise, app):
        with app.test_request_context("/orders", method="POST", data={"page": "3"}):
            assert request.form["page"] == "3"

            assert exercise.run_in_thread(lambda: request.form.get("page")) == "3"

    def test_the_thread_sees_the_request(self, exercise, app):
        with app.test_request_context("/orders?tag=a", environ_base=PEER):
            description = exercise.run_in_thread(exercise.describe_request)

        assert description == {
            "method": "GET",
            "path": "/orders",
            "args": {"tag": ["a"]},
            "address": "192.0.2.1",
            "headers": {"Host": "localhost"},
        }
