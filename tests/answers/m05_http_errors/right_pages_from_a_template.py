"""Answer programs by a view's tuple, people by a template, and register each kind on its own."""

from flask import Flask, abort, jsonify, make_response, render_template_string, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.http import HTTP_STATUS_CODES

BOOKS = {1: "Emma", 2: "Persuasion"}
PROBLEM_JSON = "application/problem+json"
OFFERED = ["application/problem+json", "application/json", "text/html"]
PAGE = """\
<!doctype html>
<title>{{ title }}</title>
<main><h1>{{ title }}</h1><p>{{ detail }}</p></main>
"""


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

    def answer(status: int, detail: str | None, headers=()):
        own = [(name, value) for name, value in headers if name.lower() != "content-type"]
        title = HTTP_STATUS_CODES.get(status, "Error")
        best = request.accept_mimetypes.best_match(OFFERED)
        if best == "text/html":
            body = render_template_string(PAGE, title=title, detail=detail)
        else:
            body = jsonify(type="about:blank", title=title, status=status, detail=detail)
            body.mimetype = PROBLEM_JSON
        response = make_response(body, status)
        response.headers.extend([*own, ("Vary", "Accept")])
        return response

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException):
        return answer(error.code, error.description, error.get_headers())

    @app.errorhandler(InternalServerError)
    def unexpected(error: InternalServerError):
        if error.original_exception is None:
            return http_error(error)
        return answer(500, "We have been told, and look into it.")

    @app.errorhandler(AppError)
    def refusal(error: AppError):
        return answer(error.status, f"{error}")


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
