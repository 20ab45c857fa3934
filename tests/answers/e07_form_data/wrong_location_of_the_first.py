"""Redirect to the address in the README: every new member sees the first one's page."""
# caught by: test_each_good_form_makes_a_member_also_with_a_name_that_is_taken

from collections.abc import Mapping

from flask import Flask, abort, redirect, render_template, request
from markupsafe import escape

# The fields of the form, and the maximum number of characters in each.
LIMITS = {"name": 40, "email": 254, "password": 128}

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


def validate_signup(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the clean values of a submitted form and the errors, both by field name.

    Each field of ``LIMITS`` is in one of the two. An error is "missing", "blank" or "too long".
    """
    clean: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field, limit in LIMITS.items():
        if field not in form:
            errors[field] = "missing"
            continue
        # White space is part of a password: trimmed, it would be a different password.
        value = form[field] if field == "password" else form[field].strip()
        if not value.strip():
            errors[field] = "blank"
        elif len(value) > limit:
            errors[field] = "too long"
        else:
            clean[field] = value
    return clean, errors


def create_app() -> Flask:
    """Return an application with its own members, numbered from 1."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024
    members: dict[int, str] = {}  # The name of each member, by number.

    @app.get("/signup")
    def show_signup():
        return render_template("signup.html", values={}, errors={})

    @app.post("/signup")
    def submit_signup():
        if request.mimetype not in FORM_TYPES:
            abort(415)
        clean, errors = validate_signup(request.form)
        if errors:
            return render_template("signup.html", values=request.form, errors=errors), 422
        number = len(members) + 1
        members[number] = clean["name"]
        return redirect("/members/1", 303)

    @app.get("/members/<int:number>")
    def welcome(number: int):
        if number not in members:
            abort(404)
        return f"Welcome, {escape(members[number])}"

    return app
