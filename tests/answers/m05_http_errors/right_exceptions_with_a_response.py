"""Give the HTTP exception a class whose own methods write body and headers."""

import json

from flask import Flask, abort, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

BOOKS = {1: "Emma", 2: "Persuasion"}
PROBLEM_JSON = "application/problem+json"


class AppError(Exception):
    """A refusal by the library's own rules.

    Its text is written for the client. ``status`` is the HTTP status that it stands for.
    """

    status = 400


class UnknownAuthorError(AppError):
    """The library has nothing by this author."""

    status = 404


class AlreadyLentError(AppError):
    """Somebody else has the book."""

    status = 409


def init_errors(app: Flask) -> None:
    """Have ``app`` answer every error in a form that its client can read."""

    app.register_error_handler(HTTPException, _Problem)
    app.register_error_handler(AppError, lambda e: _Problem(_http_error(e.status, str(e))))


class _Problem(HTTPException):
    """An HTTP exception that is a WSGI application, as all of them are, and writes itself."""

    def __init__(self, error: HTTPException) -> None:
        super().__init__(error.description)
        self.code = error.code
        self._original_headers = error.get_headers()

    def get_headers(self, *args, **kwargs):
        kept = [(k, v) for k, v in self._original_headers if k != "Content-Type"]
        kind = "text/html; charset=utf-8" if self._for_people() else PROBLEM_JSON
        return [("Content-Type", kind), ("Vary", "Accept"), *kept]

    def get_body(self, *args, **kwargs):
        title = HTTP_STATUS_CODES[self.code]
        if self._for_people():
            return f"<h1>{escape(title)}</h1>\n<p>{escape(self.description)}</p>"
        members = {"title": title, "status": self.code, "detail": self.description}
        return json.dumps({"type": "about:blank", **members})

    @staticmethod
    def _for_people() -> bool:
        return (
            request.accept_mimetypes.best_match([PROBLEM_JSON, "application/json", "text/html"])
            == "text/html"
        )


def _http_error(status: int, text: str) -> HTTPException:
    error = HTTPException(text)
    error.code = status
    return error


def create_app() -> Flask:
    """Return a library with loans of its own."""
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
