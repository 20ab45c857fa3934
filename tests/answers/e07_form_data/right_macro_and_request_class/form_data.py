"""Set the limit in the request class, and write the inputs in a macro."""

from collections.abc import Mapping
from itertools import count

from flask import Flask, Request, abort, make_response, render_template, request
from flask import render_template_string as render_string

LIMITS = {"name": 40, "email": 254, "password": 128}


class _SmallRequest(Request):
    max_content_length = 16 * 1024


def validate_signup(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    clean, errors = {}, {}
    for field in LIMITS:
        try:
            value = form[field]
        except KeyError:
            errors[field] = "missing"
            continue
        if field in ("name", "email"):
            value = value.strip()
        if value.strip() == "":
            errors[field] = "blank"
        elif len(value) > LIMITS[field]:
            errors[field] = "too long"
        else:
            clean[field] = value
    return clean, errors


def create_app() -> Flask:
    app = Flask(__name__)
    app.request_class = _SmallRequest
    members = {}
    numbers = count(1)

    @app.get("/signup")
    def show_signup():
        return render_template("signup.html", values={}, errors={})

    @app.post("/signup")
    def submit_signup():
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return "This page takes forms.\n", 415
        form = request.form.to_dict()
        clean, errors = validate_signup(form)
        if errors:
            values = {field: form.get(field, "") for field in ("name", "email")}
            return make_response(render_template("signup.html", values=values, errors=errors), 422)
        number = next(numbers)
        members[number] = clean
        return "", 303, {"Location": f"/members/{number}"}

    @app.get("/members/<int:number>")
    def welcome(number: int):
        member = members.get(number) or abort(404)
        return render_string("<p>Welcome, {{ name }}.</p>", name=member["name"])

    return app
