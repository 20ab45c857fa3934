"""Each row of the table of causes explains real code that fails in that way."""

import pytest

from kata.judge.causes import CAUSES

APP = """\
from flask import *


def create_app():
    app = Flask(__name__)
{body}
    return app
"""

DATABASE = """\
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class User(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
{body}
    return app
"""


def app(*lines: str) -> str:
    return APP.format(body="\n".join(f"    {line}" for line in lines))


def database(*lines: str) -> str:
    return DATABASE.format(body="\n".join(f"    {line}" for line in lines))


GREETS = ('@app.get("/")', "def greet():", '    return "Hello"')
TABLES = ("with app.app_context():", "    db.create_all()")

# Words of the row's sentence, the learner's code, and the request of the test.
FAILING = {
    "Look for a `return` that is missing": (app('@app.get("/")', "def greet(): ..."), "get"),
    "no other object": (app('@app.get("/")', "def greet():", "    return object()"), "get"),
    "url_for got no value": (
        app(
            '@app.get("/<name>")',
            "def greet(name): ...",
            '@app.get("/")',
            "def home():",
            '    return url_for("greet")',
        ),
        "get",
    ),
    "The decorator below this line returned None": (
        app('@app.get("/")', "@print", "def greet():", '    return "Hello"'),
        "get",
    ),
    "url_for takes the name of the view": (
        app('@app.get("/")', "def greet():", '    return url_for("/")'),
        "get",
    ),
    "current_app, g and url_for work while": (app("current_app.config"), "get"),
    "request and session exist while": (app("request.args"), "get"),
    "Routes, handlers and blueprints belong in the factory": (
        app(
            '@app.get("/")',
            "def greet():",
            '    app.add_url_rule("/late", "late")',
            '    return ""',
        ),
        "get",
    ),
    "Two views have the same function name": (
        app('@app.get("/")', "def greet(): ...", '@app.get("/other")', "def greet(): ..."),
        "get",
    ),
    "Templates are looked for in the folder": (
        app('@app.get("/")', "def greet():", '    return render_template("page.html")'),
        "get",
    ),
    "call session.rollback() where you catch": (
        database(
            *TABLES,
            '@app.get("/")',
            "def greet():",
            '    db.session.add_all([User(name="Ada"), User(name="Ada")])',
            "    try:",
            "        db.session.flush()",
            "    except IntegrityError:",
            '        db.session.add(User(name="Grace"))',
            "    db.session.commit()",
        ),
        "get",
    ),
    "The object outlived its session": (
        database(
            *TABLES,
            '@app.get("/")',
            "def greet():",
            '    user = User(name="Ada")',
            "    db.session.add(user)",
            "    db.session.commit()",
            "    db.session.close()",
            "    return user.name",
        ),
        "get",
    ),
    "The tables were not made in this database": (
        database('@app.get("/")', "def greet():", "    return str(db.session.query(User).all())"),
        "get",
    ),
    "Something started earlier still listens": (
        app(
            '@app.get("/")',
            "def greet():",
            "    import socket",
            '    with socket.create_server(("127.0.0.1", 0)) as busy:',
            "        socket.create_server(busy.getsockname())",
        ),
        "get",
    ),
    "asked for a field that was not sent": (
        app('@app.post("/")', "def greet():", '    return request.form["name"]'),
        "post",
    ),
    "refuses a body that is not sent as application/json": (
        app('@app.post("/")', "def greet():", "    return request.get_json()"),
        "post",
    ),
    "but not for this method": (app(*GREETS), "post"),
    "The route ends in a slash": (
        app('@app.get("/page/")', "def greet():", '    return "Hello"'),
        "page",
    ),
}

TESTS = """\
class TestStep1AGreeting:
    def test_the_page_greets(self, exercise):
        app = exercise.create_app()
        app.testing = True
        client = app.test_client()
        response = {call}
        assert response.status_code == 200
"""
CALLS = {
    "get": 'client.get("/")',
    "post": 'client.post("/", data={"title": "Dr."})',
    "page": 'client.get("/page")',
}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.sentence[:30])
def test_each_row_has_a_case(cause):
    assert sum(words in cause.sentence for words in FAILING) == 1


@pytest.mark.parametrize(
    ("words", "code", "call"), [(w, *c) for w, c in FAILING.items()], ids=FAILING
)
def test_the_screen_names_the_likely_cause_and_its_page(project, words, code, call):
    project.stub(1).write_text(code)
    project.exercises[0].test_file.write_text(TESTS.format(call=CALLS[call]))

    verdict = project.focus()

    cause = next(cause for cause in CAUSES if words in cause.sentence)
    assert " ".join(cause.sentence.split()) in " ".join(verdict.output.split())
    assert cause.page in verdict.output
    assert len(verdict.output.splitlines()) <= 25


def test_a_status_that_the_test_wanted_explains_nothing(project):
    project.stub(1).write_text(app(*GREETS))
    project.exercises[0].test_file.write_text(
        TESTS.format(call=CALLS["post"]).replace(
            "response.status_code == 200", '(response.status_code, response.text) == (405, "No")'
        )
    )

    verdict = project.focus()

    assert "expected (405, 'No')" in verdict.output
    assert "Likely" not in verdict.output
