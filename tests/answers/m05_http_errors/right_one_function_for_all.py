"""Handle `Exception` in one function that tells the kinds apart, and logs what it did not expect."""

from http import HTTPStatus

from flask import Flask, Response, abort, json, make_response, render_template_string, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, InternalServerError

BOOKS = {1: "Emma", 2: "Persuasion"}
PROBLEM_JSON = "application/problem+json"
PAGE = "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><p>{{ detail }}</p>"


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

    @app.errorhandler(Exception)
    def answer_exception(error: Exception) -> Response:
        headers = Headers()
        match error:
            case HTTPException():
                status, detail = error.code, error.description
                headers = Headers(error.get_headers())
            case AppError():
                status, detail = error.status, str(error)
            case _:
                app.logger.exception("%s %s failed", request.method, request.path)
                status, detail = 500, InternalServerError.description
        title = HTTPStatus(status).phrase
        accept = request.accept_mimetypes
        if accept["text/html"] > max(accept["application/json"], accept[PROBLEM_JSON]):
            kind, body = "text/html", render_template_string(PAGE, title=title, detail=detail)
        else:
            kind, body = PROBLEM_JSON, json.dumps(_problem(status, title, detail))
        headers.set("Content-Type", kind)
        headers.add("Vary", "Accept")
        return make_response(body, status, headers)


def _problem(status: int, title: str, detail: str) -> dict[str, object]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


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
