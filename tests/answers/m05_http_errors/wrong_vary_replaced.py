"""Write the Vary header anew: what the error itself varies by is lost."""
# caught by: test_an_error_that_varies_by_something_else_varies_by_both

import json

from flask import Flask, abort, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.http import HTTP_STATUS_CODES

BOOKS = {1: "Emma", 2: "Persuasion"}


class AppError(Exception):
    status = 400


class UnknownAuthorError(AppError):
    status = 404


class AlreadyLentError(AppError):
    status = 409


def wants_page() -> bool:
    accept = request.accept_mimetypes
    if not accept:
        return False
    html = accept["text/html"]
    return html > accept["application/json"] and html > accept["application/problem+json"]


def fill(response, status, title, detail):
    if wants_page():
        response.data = f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(detail)}</p>"
        response.content_type = "text/html; charset=utf-8"
    else:
        response.data = json.dumps(
            {"type": "about:blank", "title": title, "status": status, "detail": detail}
        )
        response.content_type = "application/problem+json"
    response.headers["Vary"] = "Accept"
    return response


def init_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def answer_http_error(error):
        response = error.get_response()
        if error.code is None or 300 <= error.code < 400:
            return error
        if isinstance(error, InternalServerError) and error.original_exception is not None:
            error = InternalServerError()
        title = HTTP_STATUS_CODES.get(error.code, "Unknown Error")
        return fill(response, error.code, title, error.description or "")

    @app.errorhandler(AppError)
    def answer_app_error(error: AppError):
        title = HTTP_STATUS_CODES.get(error.status, "Unknown Error")
        return fill(app.response_class(status=error.status), error.status, title, str(error))


def create_app() -> Flask:
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
