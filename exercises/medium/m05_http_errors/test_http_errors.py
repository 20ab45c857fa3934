"""What m05 asks for, step by step."""

from html.parser import HTMLParser
from unittest.mock import ANY

import pytest
from flask import abort, redirect
from werkzeug import exceptions
from werkzeug.datastructures import WWWAuthenticate

PROBLEM_JSON = "application/problem+json"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = "text/html,application/xml;q=0.9,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
ATTACK = "<img src=x onerror=alert(1)>&lt;"


class Unpaid(exceptions.HTTPException):
    code = 402

    def get_headers(self, *args):
        return [*super().get_headers(*args), ("Link", "</prices>; rel=help")]


class DatabaseError(Exception):
    """An exception of another package, with attributes that look like those of an HTTP error."""

    code = status = status_code = 404
    name = title = description = detail = "hunter2"


unexpected = pytest.mark.parametrize(
    "error",
    [ValueError("hunter2"), KeyError("hunter2"), DatabaseError("hunter2")],
    ids=["ValueError", "KeyError", "with attributes"],
)


def problem(status, title, detail):
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def everything_in(response):
    return f"{response.status} {response.headers} {response.text}"


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

    def answer(error, accept="*/*"):
        @client.application.get("/raise")
        def fail():
            raise error

        return client.get("/raise", headers={"Accept": accept})

    return answer


@pytest.fixture
def production(client):
    """Make Flask answer an exception without a handler, instead of passing it on to the test."""
    client.application.config["PROPAGATE_EXCEPTIONS"] = False


class TestStep1A404ThatAProgramCanRead:
    def test_an_unknown_url_is_a_404_as_json(self, client):
        response = client.get("/nowhere")

        document = problem(404, "Not Found", exceptions.NotFound.description)
        assert (response.status_code, response.json) == (404, document)

    def test_the_description_that_a_view_gave_is_kept(self, client):
        response = client.get("/books/9")

        document = problem(404, "Not Found", "There is no book 9.")
        assert (response.status_code, response.json) == (404, document)


class TestStep2EveryHTTPError:
    @pytest.mark.parametrize(
        ("error", "status", "title"),
        [
            (exceptions.BadRequest, 400, "Bad Request"),
            (exceptions.ServiceUnavailable, 503, "Service Unavailable"),
            (Unpaid, 402, "Payment Required"),
        ],
        ids=["400", "503", "402 without a class in Werkzeug"],
    )
    def test_every_http_error_is_a_problem_document(self, raised, error, status, title):
        response = raised(error("So & so."))

        document = problem(status, title, "So & so.")
        assert (response.status_code, response.json) == (status, document)

    def test_a_problem_document_has_its_own_media_type(self, client):
        assert client.get("/nowhere").mimetype == PROBLEM_JSON

    def test_a_405_still_lists_the_methods_that_are_allowed(self, client):
        methods = set(client.options("/books/1").allow)

        response = client.delete("/books/1")

        assert (response.mimetype, set(response.allow)) == (PROBLEM_JSON, methods)

    def test_a_401_still_says_how_to_authenticate(self, raised):
        challenge = WWWAuthenticate("negotiate")

        response = raised(exceptions.Unauthorized(www_authenticate=challenge))

        header = response.headers.get("WWW-Authenticate")
        assert (response.mimetype, header) == (PROBLEM_JSON, challenge.to_header())

    def test_a_header_that_only_one_error_knows_stays(self, raised):
        response = raised(Unpaid("Please pay."))

        header = response.headers.get("Link")
        assert (response.mimetype, header) == (PROBLEM_JSON, "</prices>; rel=help")

    @pytest.mark.parametrize("path", ["/books", "/old"], ids=["of a rule", "by abort"])
    def test_a_redirect_stays_a_redirect(self, client, path):
        client.application.add_url_rule("/old", view_func=lambda: abort(redirect("/books/", 308)))
        assert client.get("/nowhere").mimetype == PROBLEM_JSON

        response = client.get(path)

        assert (response.status_code, response.mimetype) == (308, "text/html")
        assert response.location.endswith("/books/")


class TestStep3YourOwnErrorsAndUnexpectedOnes:
    def test_an_app_error_has_the_status_of_its_class_and_its_text(self, client):
        client.post("/books/1/loans")

        response = client.post("/books/1/loans")

        document = problem(409, "Conflict", "Book 1 is already on loan.")
        assert (response.status_code, response.mimetype) == (409, PROBLEM_JSON)
        assert response.json == document

    def test_a_new_subclass_needs_no_handler_of_its_own(self, exercise, raised):
        class UnpaidError(exercise.AppError):
            status = 402

        class LongUnpaidError(UnpaidError):
            """It has the status of the class above."""

            def __str__(self):
                return f"{self.args[0]} waits for its fee."

        response = raised(LongUnpaidError("Emma & Co."))

        document = problem(402, "Payment Required", "Emma & Co. waits for its fee.")
        assert (response.status_code, response.json) == (402, document)

    @unexpected
    def test_a_500_tells_nothing_about_the_exception(self, production, raised, error):
        response = raised(error)

        document = problem(500, "Internal Server Error", ANY)
        assert (response.status_code, response.json) == (500, document)
        assert "hunter2" not in everything_in(response)
        assert type(error).__name__ not in everything_in(response)

    def test_the_log_has_what_the_client_does_not_see(self, production, raised, caplog):
        response = raised(ValueError("hunter2"))

        assert response.mimetype == PROBLEM_JSON
        assert "ValueError: hunter2" in caplog.text, (
            "Flask logs only exceptions that have no handler."
        )
        assert "raise error" in caplog.text, "The log lacks the traceback."


class TestStep4APageForABrowser:
    @pytest.mark.parametrize("accept", [FIREFOX, CHROME, "application/json;q=0.5, text/html"])
    def test_a_browser_gets_a_page_with_title_and_detail(self, client, accept):
        response = client.get("/books/9", headers={"Accept": accept})

        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert "Not Found" in text_of(response.text)
        assert "There is no book 9." in text_of(response.text)

    @pytest.mark.parametrize(
        "accept",
        [
            None,
            "*/*",
            "application/json",
            "text/html;q=0.5, application/json",
            "text/html;q=0.5, */*",
            "image/png",
        ],
    )
    def test_everybody_else_gets_the_problem_document(self, client, accept):
        response = client.get("/books/9", headers={"Accept": accept} if accept else {})

        assert (response.status_code, response.mimetype) == (404, PROBLEM_JSON)

    @pytest.mark.parametrize("accept", ["*/*", FIREFOX], ids=["problem document", "page"])
    def test_every_error_varies_by_accept_and_keeps_its_headers(self, raised, accept):
        headers = raised(exceptions.TooManyRequests(retry_after=30), accept).headers

        assert (headers.get("Vary"), headers.get("Retry-After")) == ("Accept", "30")

    @pytest.mark.parametrize("accept", ["*/*", FIREFOX], ids=["problem document", "page"])
    def test_an_app_error_and_a_500_vary_by_accept(self, production, client, raised, accept):
        crash = raised(RuntimeError("hunter2"), accept)
        refusal = client.get("/authors/Nobody", headers={"Accept": accept})

        found = [(answer.status_code, answer.headers.get("Vary")) for answer in (refusal, crash)]
        assert found == [(404, "Accept"), (500, "Accept")]

    @pytest.mark.parametrize("place", ["authors", "shelves"], ids=["by AppError", "by abort"])
    def test_what_a_visitor_typed_never_becomes_html(self, client, place):
        client.application.add_url_rule("/shelves/<name>", view_func=lambda name: abort(404, name))

        response = client.get(f"/{place}/{ATTACK}", headers={"Accept": FIREFOX})

        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert ATTACK not in response.text
        assert ATTACK in text_of(response.text)

    @unexpected
    def test_the_page_of_a_500_tells_nothing_about_the_exception(self, production, raised, error):
        response = raised(error, FIREFOX)

        found = (response.status_code, response.mimetype, response.headers.get("Vary"))
        assert found == (500, "text/html", "Accept")
        assert "Internal Server Error" in text_of(response.text)
        assert "hunter2" not in everything_in(response)
        assert type(error).__name__ not in everything_in(response)
