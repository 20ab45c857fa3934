"""What e01 asks for, step by step."""

from contextlib import closing
from unittest.mock import Mock
from wsgiref.validate import validator

import pytest
from werkzeug.sansio.response import Response
from werkzeug.test import Client, create_environ


def checked(app):
    """Return an application that answers as `app` does, and fails where `app` breaks PEP 3333."""
    validated = validator(app)

    def answer(environ, start_response):
        # Only some servers add the raw address; the path that every server sends is PATH_INFO.
        del environ["REQUEST_URI"], environ["RAW_URI"]
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


OTHER_PATHS = ["/nowhere", "/index.html", "/home", "/hello/"]


@pytest.mark.filterwarnings("error::wsgiref.validate.WSGIWarning")
class TestStep1APageWithoutAFramework:
    def test_the_home_page_says_hello_world(self, plain_client):
        response = plain_client.get("/")

        assert (response.status, response.text) == ("200 OK", "Hello, World!")

    def test_the_home_page_is_html(self, plain_client):
        assert plain_client.get("/").mimetype == "text/html"

    @pytest.mark.parametrize("path", [*OTHER_PATHS, "//"])
    def test_every_other_path_is_not_found(self, plain_client, path):
        # In an address, `//` would begin a host; a server passes it on as a path.
        response = plain_client.get(environ_overrides={"PATH_INFO": path}, buffered=True)

        assert (response.status, response.mimetype) == ("404 Not Found", "text/html")
        assert response.text != "", "The body is empty."

    def test_a_query_string_is_not_part_of_the_path(self, plain_client):
        response = plain_client.get("/?page=2")

        assert (response.status, response.text) == ("200 OK", "Hello, World!")

    def test_a_post_is_answered_like_a_get(self, plain_client):
        home = plain_client.post("/")
        other = plain_client.post("/nowhere", buffered=True)

        assert (home.status, home.text) == ("200 OK", "Hello, World!")
        assert other.status == "404 Not Found"
        assert [home.mimetype, other.mimetype] == ["text/html", "text/html"]

    @pytest.mark.parametrize("path", ["/", "/nowhere"])
    def test_the_page_needs_no_flask(self, exercise, monkeypatch, path):
        by_hand = "plain_app must answer by hand, without Flask and without a Response object."
        environ = create_environ(path)
        monkeypatch.setattr(Response, "__init__", Mock(side_effect=AssertionError(by_hand)))

        assert b"".join(exercise.plain_app(environ, Mock())) != b"", "The body is empty."


class TestStep2TheSamePageWithFlask:
    def test_flask_serves_the_same_home_page(self, flask_client):
        response = flask_client.get("/")

        assert (response.status_code, response.text) == (200, "Hello, World!")
        assert response.mimetype == "text/html"

    @pytest.mark.parametrize("path", OTHER_PATHS)
    def test_flask_answers_404_for_every_other_path(self, flask_client, path):
        assert flask_client.get(path).status_code == 404

    def test_flask_answers_head_without_a_body(self, flask_client):
        response = flask_client.head("/")

        assert (response.status_code, response.data) == (200, b"")

    def test_flask_tells_which_methods_a_page_allows(self, flask_client):
        response = flask_client.options("/")

        assert (response.status_code, sorted(response.allow)) == (200, ["GET", "HEAD", "OPTIONS"])

    def test_flask_refuses_a_method_that_no_view_handles(self, flask_client):
        response = flask_client.post("/")

        assert (response.status_code, sorted(response.allow)) == (405, ["GET", "HEAD", "OPTIONS"])
