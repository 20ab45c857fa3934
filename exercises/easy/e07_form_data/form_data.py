"""Sign-up: a form that is shown, read, checked, and shown again when something is wrong."""

from collections.abc import Mapping

from flask import Flask, abort

# The fields of the form, and how many characters each may have.
LIMITS = {"name": 40, "email": 254, "password": 128}


def validate_signup(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the clean values of a submitted form, and the errors, both by field name.

    Each field of ``LIMITS`` is in one of the two. An error is "missing", "blank" or "too long".
    """
    # TODO: Sort each field of LIMITS into the clean values or the errors.
    raise NotImplementedError("validate_signup: return the clean values and the errors")


def create_app() -> Flask:
    """Return an application with members of its own, numbered from 1."""
    app = Flask(__name__)
    members: dict[int, str] = {}  # The name of each member, by number.

    @app.get("/signup")
    def show_signup():
        # TODO: Render signup.html, which expects the dicts `values` and `errors`.
        raise NotImplementedError("GET /signup: render the empty form")

    @app.post("/signup")
    def submit_signup():
        # TODO: Make a member of the name in the form, and redirect to the welcome page.
        raise NotImplementedError("POST /signup: make a member and redirect to the welcome page")

    @app.get("/members/<int:number>")
    def welcome(number: int):
        if number not in members:
            abort(404)
        # TODO: Greet the member by name.
        raise NotImplementedError("GET /members/<number>: answer with the welcome page")

    return app
