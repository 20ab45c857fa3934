"""Sign-up: a form that is shown, read, checked, and shown again if there are errors."""

from collections.abc import Mapping

from flask import Flask, abort

# The fields of the form, and the maximum number of characters in each.
LIMITS = {"name": 40, "email": 254, "password": 128}


def validate_signup(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the clean values of a submitted form and the errors, both by field name.

    Each field of ``LIMITS`` is in one of the two. An error is "missing", "blank" or "too long".
    """
    # TODO: Put each field of LIMITS into the clean values or the errors.
    raise NotImplementedError("validate_signup: return the clean values and the errors")


def create_app() -> Flask:
    """Return an application with its own members, numbered from 1."""
    app = Flask(__name__)
    # TODO, further: Limit the size of a body.
    members: dict[int, str] = {}  # The name of each member, by number.

    @app.get("/signup")
    def show_signup():
        # TODO: Render signup.html, which takes the dicts `values` and `errors`.
        raise NotImplementedError("GET /signup: render the empty form")

    @app.post("/signup")
    def submit_signup():
        # TODO: Make a member with the name in the form, and redirect to the welcome page.
        # TODO, step 3: If there are errors, show the form again; else use the clean name.
        # TODO, further: Refuse a body that is not a form.
        raise NotImplementedError("POST /signup: make a member and redirect to the welcome page")

    @app.get("/members/<int:number>")
    def welcome(number: int):
        if number not in members:
            abort(404)
        # TODO: Greet the member by name, without letting the name become HTML.
        raise NotImplementedError("GET /members/<number>: answer with the welcome page")

    return app
