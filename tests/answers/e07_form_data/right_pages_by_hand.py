"""Write the pages in Python with every value escaped, and keep the members in a list."""

from collections.abc import Mapping
from html import escape

from flask import Flask, Response, abort, request

LIMITS = {"name": 40, "email": 254, "password": 128}


def _verdict(field: str, value: str | None) -> str | None:
    if value is None:
        return "missing"
    if value.isspace() or not value:
        return "blank"
    return "too long" if len(value) > LIMITS[field] else None


def validate_signup(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    sent = {field: form.get(field) for field in LIMITS}
    trimmed = {f: v if f == "password" or v is None else v.strip() for f, v in sent.items()}
    verdicts = {field: _verdict(field, value) for field, value in trimmed.items()}
    clean = {field: trimmed[field] for field, verdict in verdicts.items() if verdict is None}
    return clean, {field: verdict for field, verdict in verdicts.items() if verdict}


def _form_page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    rows = [
        f"<p>{field} <input type='{'password' if field == 'password' else 'text'}' name={field} "
        f"value='{escape(values.get(field, '')) if field != 'password' else ''}'>"
        f"{errors.get(field, '')}</p>"
        for field in LIMITS
    ]
    return f"<form method=post>{''.join(rows)}<input type=submit></form>"


def create_app() -> Flask:
    app = Flask(__name__)
    members: list[str] = []

    @app.before_request
    def limit_the_body():
        request.max_content_length = 16 * 1024

    @app.route("/signup", methods=["GET", "POST"])
    def signup():
        if request.method == "GET":
            return _form_page({}, {})
        if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            abort(Response("Send a form.", status=415))
        clean, errors = validate_signup(request.form)
        if errors:
            return Response(_form_page(request.form, errors), status=422)
        members.append(clean["name"])
        return Response(status=303, headers={"Location": f"/members/{len(members)}"})

    @app.get("/members/<int:number>")
    def welcome(number: int):
        if not 1 <= number <= len(members):
            abort(404)
        return Response(f"<h1>Welcome, {escape(members[number - 1])}</h1>", mimetype="text/html")

    return app
