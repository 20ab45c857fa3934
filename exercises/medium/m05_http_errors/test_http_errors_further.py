"""What m05 asks for beyond its core, step by step."""

from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from flask import abort
from werkzeug import exceptions

PROBLEM_JSON = "application/problem+json"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = "text/html,application/xml;q=0.9,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
LANGUAGE = "Accept-Language"
ATTACK = "<img src=x onerror=alert(1)>&lt;"
NASTY = "  Ada & <b>Zoë< b> 100% "


class Closed(exceptions.ServiceUnavailable):
    """An HTTP error of another package, whose text depends on the language of the client."""

    def get_headers(self, *args):
        return [*super().get_headers(*args), ("Vary", LANGUAGE)]


class DatabaseError(Exception):
    """An exception of another package, with attributes that look like those of an HTTP error."""

    code = status = status_code = 404
    name = title = description = detail = "hunter2"


unexpected = pytest.mark.parametrize(
    "error",
    [
        *(ValueError("hunter2"), KeyError("hunter2"), DatabaseError("hunter2")),
        *(FileNotFoundError(2, "hunter2", "/etc/hunter2"), PermissionError("hunter2")),
    ],
    ids=lambda error: type(error).__name__,
)


def clues_in(response, error):
    """Return what a response tells about an exception."""
    everything = f"{response.status} {response.headers} {response.text}"
    clues = ["hunter2", type(error).__name__, ".py", "raise error", "Traceback"]
    return [clue for clue in clues if clue in everything]


def varies_by(response):
    """Return the names in all Vary headers of a response, in lower case."""
    names = ",".join(response.headers.getlist("Vary")).lower().split(",")
    return {name.strip() for name in names}


def text_of(page):
    """Return the text that a browser shows for a page."""
    parser, parts = HTMLParser(), []
    parser.handle_data = parts.append
    parser.feed(page)
    parser.close()
    return "".join(parts)


@pytest.fixture
def client(exercise):
    """Return a client of a new application. An exception without a handler reaches the test."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


@pytest.fixture
def raised(client):
    """Return a function that has a view raise an error, and returns the response."""

    def answer(error, accept):
        @client.application.get("/raise")
        def fail():
            raise error

        return client.get("/raise", headers={"Accept": accept})

    return answer


@pytest.fixture
def production(client):
    """Make Flask answer an exception without a handler, instead of passing it on to the test."""
    client.application.config["PROPAGATE_EXCEPTIONS"] = False


class TestStep4APageForABrowser:
    @pytest.mark.parametrize(
        "accept",
        [
            *(FIREFOX, CHROME, "application/json;q=0.5, text/html", "text/html", "text/*"),
            "text/html;q=0.2, application/*;q=0.1",
        ],
    )
    def test_a_browser_gets_a_page_with_title_and_detail(self, client, accept):
        response = client.get("/books/9", headers={"Accept": accept})

        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert "Not Found" in text_of(response.text)
        assert "There is no book 9." in text_of(response.text)

    @pytest.mark.parametrize(
        "accept",
        [
            *(None, "", "*/*", "application/json", "application/problem+json", "image/png"),
            *("text/html;q=0.5, application/json", "text/html;q=0.5, */*"),
            *("application/problem+json, text/html;q=0.9", "application/*, text/html;q=0.9"),
            "text/html;q=0",
        ],
    )
    def test_everybody_else_gets_the_problem_document(self, client, accept):
        response = client.get("/books/9", headers={} if accept is None else {"Accept": accept})

        assert (response.status_code, response.mimetype) == (404, PROBLEM_JSON)

    @pytest.mark.parametrize("accept", ["*/*", FIREFOX], ids=["problem document", "page"])
    def test_every_error_varies_by_accept_and_keeps_its_headers(self, raised, accept):
        response = raised(exceptions.TooManyRequests(retry_after=30), accept)

        assert (varies_by(response), response.headers.get("Retry-After")) == ({"accept"}, "30")

    @pytest.mark.parametrize("accept", ["*/*", FIREFOX], ids=["problem document", "page"])
    def test_an_error_that_varies_by_something_else_varies_by_both(self, raised, accept):
        assert varies_by(raised(Closed(), accept)) == {"accept", LANGUAGE.lower()}

    @pytest.mark.parametrize("accept", ["*/*", FIREFOX], ids=["problem document", "page"])
    def test_an_app_error_and_a_500_vary_by_accept(self, production, client, raised, accept):
        crash = raised(RuntimeError("hunter2"), accept)
        refusal = client.get("/authors/Nobody", headers={"Accept": accept})

        found = [(answer.status_code, varies_by(answer)) for answer in (refusal, crash)]
        assert found == [(404, {"accept"}), (500, {"accept"})]

    @pytest.mark.parametrize("place", ["authors", "shelves"], ids=["by AppError", "by abort"])
    def test_what_a_visitor_typed_never_becomes_html(self, client, place):
        client.application.add_url_rule("/shelves/<name>", view_func=lambda name: abort(404, name))

        response = client.get(f"/{place}/{ATTACK}", headers={"Accept": FIREFOX})

        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert ATTACK not in response.text
        assert ATTACK in text_of(response.text)

    @pytest.mark.parametrize("name", [NASTY, "{{ 7 * 7 }}", "日本", "Jane " * 60])
    def test_the_page_shows_a_detail_as_it_was_typed(self, client, name):
        response = client.get(f"/authors/{quote(name)}", headers={"Accept": FIREFOX})

        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert "Not Found" in text_of(response.text)
        assert f"There is no author {name}." in text_of(response.text)

    @unexpected
    def test_the_page_of_a_500_tells_nothing_about_the_exception(self, production, raised, error):
        response = raised(error, FIREFOX)

        found = (response.status_code, response.mimetype, varies_by(response))
        assert found == (500, "text/html", {"accept"})
        assert "Internal Server Error" in text_of(response.text)
        assert clues_in(response, error) == []
