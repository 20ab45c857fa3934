"""What e01 asks for, step by step."""

from contextlib import closing
from unittest.mock import Mock
from wsgiref.validate import validator

import pytest
from werkzeug import Response
from werkzeug.test import Client


def checked(app):
    """Return an application that answers as `app` does, and fails where `app` breaks PEP 3333."""
    validated = validator(app)

    def answer(environ, start_response):
        started = Mock(wraps=start_response)
        try:
            with closing(validated(environ, started)) as body:
                parts = list(body)
        except AssertionError as error:
            rule = 'Call start_response("200 OK", [(name, value)]), then return a list of bytes.'
            advice = f"{str(error).rstrip('.')}. {rule}"
            raise AssertionError(advice).with_traceback(error.__traceback__) from None
        assert started.call_count == 1, "plain_app must call start_response once for each request."
        return parts

    return answer


@pytest.fixture
def plain_client(exercise):
    """Return a client that calls `plain_app` as a web server does."""
    return Client(checked(exercise.plain_app))


@pytest.fixture
def flask_client(exercise):
    """Return a client that calls Flask's application as a web server does."""
    app = exercise.create_app()
    app.testing = True
    return Client(app)


@pytest.fixture
def other_flask(tmp_path, monkeypatch, requirements):
    """Replace the metadata of Flask with one that has the `requirements` of the test."""
    metadata = tmp_path / "flask-3.99.dist-info" / "METADATA"
    metadata.parent.mkdir()
    lines = [f"Requires-Dist: {requirement}\n" for requirement in requirements]
    metadata.write_text("".join(["Metadata-Version: 2.4\nName: Flask\nVersion: 3.99\n", *lines]))
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.filterwarnings("error::wsgiref.validate.WSGIWarning")
class TestStep1APageWithoutAFramework:
    def test_the_home_page_says_hello_world(self, plain_client):
        response = plain_client.get("/")

        assert (response.status_code, response.text) == (200, "Hello, World!")

    def test_the_home_page_is_html(self, plain_client):
        assert plain_client.get("/").mimetype == "text/html"

    @pytest.mark.parametrize("path", ["/nowhere", "/index.html", "/hello/"])
    def test_every_other_path_answers_404(self, plain_client, path):
        response = plain_client.get(path, buffered=True)

        assert (response.status_code, response.mimetype) == (404, "text/html")

    def test_a_query_string_is_not_part_of_the_path(self, plain_client):
        response = plain_client.get("/?page=2")

        assert (response.status_code, response.text) == (200, "Hello, World!")

    @pytest.mark.parametrize(("path", "status"), [("/", 200), ("/nowhere", 404)])
    def test_the_page_needs_no_flask(self, exercise, monkeypatch, path, status):
        by_hand = "plain_app must answer by hand, without Flask and without a Response object."
        refuse = Mock(side_effect=AssertionError(by_hand))
        monkeypatch.setattr(Response, "get_wsgi_response", refuse)

        assert Client(exercise.plain_app).get(path).status_code == status


class TestStep2TheSamePageWithFlask:
    def test_flask_serves_the_same_home_page(self, flask_client):
        response = flask_client.get("/")

        assert (response.status_code, response.text) == (200, "Hello, World!")
        assert response.mimetype == "text/html"

    def test_flask_answers_404_for_every_other_path(self, flask_client):
        assert flask_client.get("/nowhere").status_code == 404

    def test_flask_answers_head_without_a_body(self, flask_client):
        response = flask_client.head("/")

        assert (response.status_code, response.data) == (200, b"")

    def test_flask_tells_which_methods_a_page_allows(self, flask_client):
        response = flask_client.options("/")

        assert (response.status_code, sorted(response.allow)) == (200, ["GET", "HEAD", "OPTIONS"])

    def test_flask_refuses_a_method_that_no_view_handles(self, flask_client):
        response = flask_client.post("/")

        assert (response.status_code, sorted(response.allow)) == (405, ["GET", "HEAD", "OPTIONS"])


class TestStep3WhatFlaskIsMadeOf:
    def test_flask_needs_six_packages(self, exercise):
        six = {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}

        assert exercise.building_blocks() == six

    @pytest.mark.parametrize(
        "requirements",
        [
            pytest.param(["one-kit>=2.1"], id="at least"),
            pytest.param(["one-kit<4,>=2.1"], id="a range"),
            pytest.param(["one-kit~=2.1; python_version >= '3.10'"], id="a marker that applies"),
            pytest.param(["one-kit!=2.2; python_version < '4'"], id="another that applies"),
            pytest.param(["one-kit"], id="any version"),
        ],
    )
    def test_the_names_come_from_the_metadata(self, other_flask, exercise):
        blocks = exercise.building_blocks()

        assert blocks == {"one-kit"}, "In this test, the metadata of Flask requires only one-kit."

    @pytest.mark.parametrize(
        "requirements",
        [
            pytest.param(["one-kit", 'two-kit ; extra == "two"'], id="an extra"),
            pytest.param(
                ["one-kit", "two-kit>=1; python_version >= '3.10' and extra == 'two'"],
                id="an extra on this Python",
            ),
            pytest.param(["one-kit", "two-kit>=1 ; python_version < '3.10'"], id="an old Python"),
            pytest.param(["one-kit", "two-kit; sys_platform == 'amiga'"], id="another system"),
        ],
    )
    def test_a_requirement_that_does_not_apply_here_is_left_out(self, other_flask, exercise):
        blocks = exercise.building_blocks()

        assert blocks == {"one-kit"}, "In this test, two-kit has a marker that does not apply."
