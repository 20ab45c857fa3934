"""Use a class-based view, check type and size in a hook, and render the name with a template."""

from collections.abc import Mapping

from flask import Flask, make_response, redirect, render_template, render_template_string, request
from flask.views import MethodView
from werkzeug.exceptions import NotFound, RequestEntityTooLarge, UnsupportedMediaType

LIMITS = {"name": 40, "email": 254, "password": 128}
UNTRIMMED = {"password"}


def _clean(field: str, form: Mapping[str, str]) -> str:
    try:
        value = form[field]
    except KeyError:
        raise ValueError("missing") from None
    if field not in UNTRIMMED:
        value = value.strip()
    if value.strip() == "":
        raise ValueError("blank")
    if len(value) > LIMITS[field]:
        raise ValueError("too long")
    return value


def validate_signup(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    clean, errors = {}, {}
    for field in LIMITS:
        try:
            clean[field] = _clean(field, form)
        except ValueError as error:
            errors[field] = str(error)
    return clean, errors


class Signup(MethodView):
    def __init__(self, members: dict[int, str]) -> None:
        self.members = members

    def get(self):
        return render_template("signup.html", values={}, errors={})

    def post(self):
        clean, errors = validate_signup(request.form.to_dict())
        if errors:
            shown = {field: request.form.get(field, "") for field in ("name", "email")}
            response = make_response(render_template("signup.html", values=shown, errors=errors))
            response.status_code = 422
            return response
        number = max(self.members, default=0) + 1
        self.members[number] = clean["name"]
        return redirect(f"/members/{number}", code=303)


def create_app() -> Flask:
    app = Flask(__name__)
    members: dict[int, str] = {}

    @app.before_request
    def refuse_other_bodies():
        if request.method != "POST":
            return
        if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise UnsupportedMediaType
        if request.content_length is not None and request.content_length > 16 * 1024:
            raise RequestEntityTooLarge

    app.add_url_rule("/signup", view_func=Signup.as_view("signup", members))

    @app.route("/members/<int:number>")
    def welcome(number: int):
        try:
            name = members[number]
        except KeyError:
            raise NotFound from None
        return render_template_string("<h1>Welcome, {{ name }}</h1>", name=name)

    return app
