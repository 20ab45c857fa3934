"""Offer JSON and HTML only: a client that asks for problem documents gets a page."""
# caught by: test_everybody_else_gets_the_problem_document

import json

from flask import Flask, abort, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

BOOKS = {1: "Emma", 2: "Persuasion"}
PROBLEM_JSON = "application/problem+json"


class AppError(Exception):
    """An error that the library's own rules raise.

    Its text is written for the client. ``status`` is the HTTP status of the response.
    """

    status = 400


class UnknownAuthorError(AppError):
    """The library has nothing by this author."""

    status = 404


class AlreadyLentError(AppError):
    """The book is on loan to somebody else."""

    status = 409


def init_errors(app: Flask) -> None:
    """Make ``app`` answer every error with a problem document (RFC 9457), or a page for a browser.

    Redirects stay as they are.
    """

    @app.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> Response:
        response = error.get_response()  # Werkzeug's page, escaped, with the headers of the error.
        if not _wants_page():
            response.data = json.dumps(_problem(error))
            response.content_type = PROBLEM_JSON
        response.vary.add("Accept")
        return response

    @app.errorhandler(AppError)
    def answer_app_error(error: AppError) -> Response:
        http_error = HTTPException(str(error))
        http_error.code = error.status
        return answer_http_error(http_error)


def _problem(error: HTTPException) -> dict[str, object]:
    return {
        "type": "about:blank",
        "title": error.name,
        "status": error.code,
        "detail": error.description,
    }


def _wants_page() -> bool:
    offered = ["application/json", "text/html"]
    return request.accept_mimetypes.best_match(offered) == "text/html"


def create_app() -> Flask:
    """Return the application of a library, with loans of its own."""
    app = Flask(__name__)
    init_errors(app)
    lent: set[int] = set()

    @app.get("/books/")
    def list_books():
        return [{"number": number, "title": title} for number, title in BOOKS.items()]

    @app.get("/books/<int:number>")
    def show_book(number: int):
        if number not in BOOKS:
            abort(404, f"There is no book {number}.")
        return {"number": number, "title": BOOKS[number]}

    @app.post("/books/<int:number>/loans")
    def lend_book(number: int):
        if number in lent:
            raise AlreadyLentError(f"Book {number} is already on loan.")
        lent.add(number)
        return {"number": number}, 201

    @app.get("/authors/<name>")
    def show_author(name: str):
        if name != "Jane Austen":
            raise UnknownAuthorError(f"There is no author {name}.")
        return list(BOOKS.values())

    return app
