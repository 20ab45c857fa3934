"""What the core of m05 asks for, step by step."""

from unittest.mock import ANY

import pytest
from flask import Blueprint, Flask, abort, redirect
from werkzeug import exceptions
from werkzeug.datastructures import WWWAuthenticate

PROBLEM_JSON = "application/problem+json"

# Text that is to stay as it is.
NASTY = "  Ada & <b>Zoë</b> 100% "


class Unpaid(exceptions.HTTPException):
    code = 402

    def get_headers(self, *args):
        links = [("Link", "</prices>; rel=help"), ("Link", "</shop>; rel=payment")]
        return [*super().get_headers(*args), *links]


class OutOfStock(exceptions.Conflict):
    """An HTTP error of another package."""


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


def problem(status, title, detail):
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def clues_in(response, error):
    """Return what a response tells about an exception."""
    everything = f"{response.status} {response.headers} {response.text}"
    clues = ["hunter2", type(error).__name__, ".py", "raise error", "Traceback"]
    return [clue for clue in clues if clue in everything]


@pytest.fixture
def client(exercise):
    """Return a client of a new application. An exception without a handler reaches the test."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


@pytest.fixture
def raised(client):
    """Return a function that has a view raise an error, and returns the response."""

    def answer(error):
        @client.application.get("/raise")
        def fail():
            raise error

        return client.get("/raise")

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

    @pytest.mark.parametrize("text", [NASTY, NASTY * 20], ids=["signs and spaces", "long"])
    def test_a_description_stays_unchanged(self, raised, text):
        response = raised(exceptions.NotFound(text))

        assert (response.status_code, response.json) == (404, problem(404, "Not Found", text))

    def test_it_works_for_any_application(self, exercise):
        other = Flask("other")
        exercise.init_errors(other)
        pages = Blueprint("pages", "other", url_prefix="/pages")
        pages.add_url_rule("/<path:page>", view_func=lambda page: abort(404, page))
        other.register_blueprint(pages)
        client = other.test_client()

        found = [client.get(path) for path in ("/nowhere", "/pages/a/b")]
        details = [exceptions.NotFound.description, "a/b"]
        assert [answer.status_code for answer in found] == [404, 404]
        assert [a.json for a in found] == [problem(404, "Not Found", detail) for detail in details]


class TestStep2EveryHTTPError:
    @pytest.mark.parametrize(
        ("error", "status", "title"),
        [
            (exceptions.BadRequest, 400, "Bad Request"),
            (exceptions.ServiceUnavailable, 503, "Service Unavailable"),
            (exceptions.InternalServerError, 500, "Internal Server Error"),
            (OutOfStock, 409, "Conflict"),
            (Unpaid, 402, "Payment Required"),
        ],
        ids=["400", "503", "500", "409 in a subclass", "402 without a class in Werkzeug"],
    )
    def test_every_http_error_is_a_problem_document(self, raised, error, status, title):
        response = raised(error(NASTY))

        document = problem(status, title, NASTY)
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

    @pytest.mark.parametrize("seconds", [7, 30])
    def test_a_429_still_says_when_to_try_again(self, raised, seconds):
        response = raised(exceptions.TooManyRequests(retry_after=seconds))

        header = response.headers.get("Retry-After")
        assert (response.mimetype, header) == (PROBLEM_JSON, str(seconds))

    def test_headers_that_only_one_error_knows_stay(self, raised):
        response = raised(Unpaid("Please pay."))

        headers = response.headers.getlist("Link")
        assert response.mimetype == PROBLEM_JSON
        assert headers == ["</prices>; rel=help", "</shop>; rel=payment"]

    @pytest.mark.parametrize("path", ["/books", "/old/308", "/old/302", "/old/303"])
    def test_a_redirect_stays_a_redirect(self, client, path):
        @client.application.get("/old/<int:status>")
        def old(status):
            abort(redirect("/books/", status))

        assert client.get("/nowhere").mimetype == PROBLEM_JSON

        response = client.get(path)

        status = int(path.removeprefix("/books").removeprefix("/old/") or 308)
        assert (response.status_code, response.mimetype) == (status, "text/html")
        assert response.location.endswith("/books/")


class TestStep3YourOwnErrorsAndUnexpectedOnes:
    def test_an_app_error_has_the_status_of_its_class_and_its_text(self, client):
        client.post("/books/1/loans")

        response = client.post("/books/1/loans")

        document = problem(409, "Conflict", "Book 1 is already on loan.")
        assert (response.status_code, response.mimetype) == (409, PROBLEM_JSON)
        assert response.json == document

    @pytest.mark.parametrize(
        ("status", "title"),
        [(402, "Payment Required"), (410, "Gone"), (500, "Internal Server Error")],
    )
    def test_a_new_subclass_needs_no_handler_of_its_own(self, exercise, raised, status, title):
        class UnpaidError(exercise.AppError):
            pass

        class LongUnpaidError(UnpaidError):
            """It has the status of the class above."""

            def __str__(self):
                return f"{self.args[0]} waits for its fee."

        UnpaidError.status = status
        response = raised(LongUnpaidError(NASTY))

        document = problem(status, title, f"{NASTY} waits for its fee.")
        assert (response.status_code, response.json) == (status, document)

    def test_an_app_error_of_no_subclass_is_a_400(self, exercise, raised):
        response = raised(exercise.AppError("Too short."))

        document = problem(400, "Bad Request", "Too short.")
        assert (response.status_code, response.json) == (400, document)

    @unexpected
    def test_a_500_tells_nothing_about_the_exception(self, production, raised, error):
        response = raised(error)

        document = problem(500, "Internal Server Error", ANY)
        assert (response.status_code, response.json) == (500, document)
        assert clues_in(response, error) == []

    @unexpected
    def test_the_log_has_what_the_client_does_not_see(self, production, raised, caplog, error):
        response = raised(error)

        assert (response.status_code, response.mimetype) == (500, PROBLEM_JSON)
        last_line = f"{type(error).__name__}: {error}"
        assert last_line in caplog.text, "Flask logs only exceptions that have no handler."
        assert "raise error" in caplog.text, "The log lacks the traceback."
