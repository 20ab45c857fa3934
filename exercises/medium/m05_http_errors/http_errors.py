"""A small library whose errors say what went wrong, to programs and to people."""

from flask import Flask, abort

BOOKS = {1: "Emma", 2: "Persuasion"}


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
    """Make ``app`` answer every error with a problem document (RFC 9457).

    Redirects stay as they are.
    """
    # TODO, further: Answer browsers with a page.

    @app.errorhandler(404)
    def answer_http_error(error):
        # TODO: Answer with the problem document of the error.
        raise NotImplementedError("404: answer with type, title, status and detail as JSON")

    @app.errorhandler(AppError)
    def answer_app_error(error: AppError):
        # TODO: Answer with the status of the exception's class, and its text as the detail.
        raise NotImplementedError("AppError: answer with the status of its class and its text")


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
