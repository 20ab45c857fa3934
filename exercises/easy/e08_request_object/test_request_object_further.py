"""What e08 asks for beyond its core, step by step."""

import threading

import pytest
from flask import request

# Where the connection comes from.
PEER = {"REMOTE_ADDR": "192.0.2.1"}


@pytest.fixture
def app(exercise):
    """Return an application without a proxy in front of it."""
    app = exercise.create_app()
    app.testing = True
    return app


@pytest.fixture
def address(exercise):
    """Return a function that asks an application behind some proxies for the client's address."""

    def ask(trusted_proxies: int, headers: dict[str, str]) -> str:
        app = exercise.create_app(trusted_proxies=trusted_proxies)
        app.testing = True
        response = app.test_client().get("/inspect", headers=headers, environ_base=PEER)
        return response.json["address"]

    return ask


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

    def test_an_entry_may_be_an_ipv6_address(self, address):
        assert address(1, {"X-Forwarded-For": "203.0.113.9, 2001:db8::9"}) == "2001:db8::9"

    def test_the_number_of_proxies_is_not_limited(self, address):
        entries = [f"203.0.113.{number}" for number in range(9)]

        assert address(7, {"X-Forwarded-For": ", ".join(entries)}) == "203.0.113.2"

    @pytest.mark.parametrize("trusted_proxies", [0, 1, 2])
    @pytest.mark.parametrize("name", ["X-Real-IP", "CF-Connecting-IP", "True-Client-IP"])
    def test_no_other_header_changes_the_address(self, address, trusted_proxies, name):
        headers = {name: "203.0.113.9", "Forwarded": "for=203.0.113.9"}

        assert address(trusted_proxies, headers) == "192.0.2.1"

    @pytest.mark.parametrize(
        ("trusted_proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")], ids=["none", "one"]
    )
    def test_the_url_is_the_same_as_without_a_proxy(self, exercise, trusted_proxies, address):
        app = exercise.create_app(trusted_proxies=trusted_proxies)
        app.testing = True
        app.add_url_rule("/url", view_func=lambda: request.url)
        names = ("For", "Proto", "Host", "Port", "Prefix")
        values = ("203.0.113.9", "https", "example.com", "8443", "/app")
        headers = {f"X-Forwarded-{n}": value for n, value in zip(names, values, strict=True)}

        client = app.test_client()

        assert client.get("/inspect", headers=headers).json["address"] == address
        assert client.get("/url", headers=headers).text == "http://localhost/url"

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
            workers = [exercise.run_in_thread(threading.current_thread) for _ in range(2)]

        for worker in workers:
            assert isinstance(worker, threading.Thread), f"run_in_thread returned {worker!r}."
            assert worker is not threading.current_thread()
        assert workers[0] is not workers[1], "The second call used the thread of the first."

    def test_the_thread_sees_what_the_view_has_already_read(self, exercise, app):
        with app.test_request_context("/orders", method="POST", data={"page": "3"}):
            assert request.form["page"] == "3"

            assert exercise.run_in_thread(lambda: request.form.get("page")) == "3"

    @pytest.mark.parametrize("tag", ["a", "b"])
    def test_the_thread_sees_the_request(self, exercise, app, tag):
        with app.test_request_context(f"/orders?tag={tag}", environ_base=PEER):
            description = exercise.run_in_thread(exercise.describe_request)

        assert description == {
            "method": "GET",
            "path": "/orders",
            "args": {"tag": [tag]},
            "address": "192.0.2.1",
            "headers": {"Host": "localhost"},
        }

    def test_each_of_two_requests_at_once_has_its_own(self, exercise, app):
        with app.test_request_context("/first"), app.test_request_context("/second"):
            inner = exercise.run_in_thread(lambda: request.path)
        with app.test_request_context("/first"):
            outer = exercise.run_in_thread(lambda: request.path)

        assert (outer, inner) == ("/first", "/second")

    @pytest.mark.parametrize("result", [None, 0, "  text "], ids=repr)
    def test_the_result_comes_back(self, exercise, app, result):
        with app.test_request_context():
            assert exercise.run_in_thread(lambda: result) == result

    @pytest.mark.parametrize("error", [KeyError("a"), OSError("b"), RuntimeError("c")], ids=repr)
    def test_an_error_of_the_work_comes_back(self, exercise, app, error):
        def fail():
            raise error

        with app.test_request_context(), pytest.raises(type(error)) as caught:
            exercise.run_in_thread(fail)

        assert caught.value is error
