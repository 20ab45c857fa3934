"""What goes wrong with a stub of a real exercise is said on the screen, in one plain sentence."""

import os

import pytest

E01 = """\
from flask import Flask


def plain_app(environ, start_response):
    found = environ["PATH_INFO"] == "/"
    start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/html")])
    return [b"Hello, World!" if found else b"There is no such page."]


def create_app():
    app = Flask(__name__)

    @app.get("/")
    def home():
        return "Hello, World!"

    return app
"""

E02 = """\
from flask import Flask


def create_app(config=None):
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello, World!")
    app.config.from_mapping(config)

    @app.get("/")
    def home():
        return app.config["GREETING"]

    @app.get("/health")
    def health():
        return {"status": "ok"}

    return app
"""

E02_SHARED = """\
from flask import Flask

app = Flask(__name__)
app.config.from_mapping(GREETING="Hello, World!")


@app.get("/")
def home():
    return app.config["GREETING"]


@app.get("/health")
def health():
    return {"status": "ok"}


def create_app(config=None):
    app.config.from_mapping(config)
    return app
"""

E09_SHARED = """\
from flask import Flask

PROFILES = {"development": {"GREETING": "Hi"}, "production": {"GREETING": "Welcome"}}
app = Flask(__name__)


@app.get("/")
def index():
    return f"{app.config['GREETING']}, world!"


def create_app(profile="development"):
    app.config.from_mapping(PROFILES[profile])
    return app
"""

M07 = """\
from flask import Flask, send_from_directory


def create_app(static_folder, downloads):
    app = Flask(__name__)

    @app.get("/static/<path:name>")
    def asset(name):
        return send_from_directory(static_folder, name)

    return app
"""

HELLO = '        return "Hello, World!"'
RETURN = "    return app\n"


def page(*lines: str) -> str:
    """Return e01 with lines at the top of its view."""
    return E01.replace(HELLO, "\n".join([*(f"        {line}" for line in lines), HELLO]))


def top(*lines: str) -> str:
    """Return e01 with lines at the top of the file."""
    return "\n".join([*lines, E01])


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


# The exercise, what stands in its stub, words of the screen, and the line that it shows.
SAID = {
    "`return app` in the view": (
        "e01",
        changed(E01, RETURN, f"    {RETURN}"),
        "`create_app` returned None: its `return app` is indented so far that it belongs to `home`. Move it to the "
        "left.",
        "return app",
    ),
    "no `return` at all": (
        "e01",
        changed(E01, RETURN, ""),
        "`create_app` returned None: is a `return` missing?",
        "def create_app():",
    ),
    "retrun": (
        "e01",
        changed(E01, "return app", "retrun app"),
        "Not valid Python: `retrun` is no keyword. Did you mean `return`?",
        "retrun app",
    ),
    "form … import": (
        "e01",
        changed(E01, "from flask", "form flask"),
        "Not valid Python: `form` is no keyword. Did you mean `from`?",
        "form flask import Flask",
    ),
    "two names in a row": (
        "e01",
        top("name = Hello World"),
        "Not valid Python: invalid syntax.",
        "name = Hello World",
    ),
    "a conflict of git": (
        "e01",
        changed(E01, RETURN, "<<<<<<< HEAD\n    return app\n=======\n    return None\n>>>>>>> main\n"),
        "A conflict of git begins here: keep one of the two versions, and remove the lines that begin with <<<<<<<,",
        "<<<<<<< HEAD",
    ),
    "breakpoint()": (
        "e01",
        page("breakpoint()"),
        "opens the debugger, which nobody can answer here. To use it: pytest exercises/easy/e01_what_is_flask --pdb",
        "breakpoint()",
    ),
    "pdb.set_trace() at import": (
        "e01",
        top("import pdb", "pdb.set_trace()"),
        "opens the debugger, which nobody can answer here. To use it: pytest exercises/easy/e01_what_is_flask --pdb",
        "pdb.set_trace()",
    ),
    "input()": (
        "e01",
        page('name = input("Who? ")'),
        "This line waits for somebody to type, and while tests run nobody does. An application gets its values from "
        "requests, settings and arguments.",
        'name = input("Who? ")',
    ),
    "input() at import": (
        "e01",
        top("name = input()"),
        "This line waits for somebody to type, and while tests run nobody does.",
        "name = input()",
    ),
    "exit()": (
        "e01",
        page("exit()"),
        "ends the program with exit status 0, before the test has a result: to leave a function, use `return`.",
        "exit()",
    ),
    "exit() at import": (
        "e01",
        top("exit()"),
        "ends the program with exit status 0 while the module is imported. Remove it",
        "exit()",
    ),
    "a package that is not installed": (
        "e01",
        top("from flask_login import LoginManager"),
        "This line imports `flask_login`, which is not installed. The exercise can be solved without it.",
        "from flask_login import LoginManager",
    ),
    "the same in a view": (
        "e01",
        page("import flask_login"),
        "This line imports `flask_login`, which is not installed. The exercise can be solved without it.",
        "import flask_login",
    ),
    "a misspelt package": (
        "e01",
        top("import jsn"),
        "This line imports `jsn`, and there is no module of that name. Did you mean `json`?",
        "import jsn",
    ),
    "a module that a package lacks": (
        "e01",
        top("import flask.ext"),
        "This line imports `flask.ext`, and `flask` has no module of that name.",
        "import flask.ext",
    ),
    "a name for a keyword": (
        "e01",
        page("retrun"),
        "NameError: name 'retrun' is not defined. Did you mean `return`?",
        "retrun",
    ),
    "a name of Flask's that was not imported": (
        "e01",
        page("request.args"),
        "NameError: name 'request' is not defined. Is `from flask import request` missing?",
        "request.args",
    ),
    "a misspelt name at import": (
        "e01",
        top("from json import loads", "lods('1')"),
        "Importing the module stops here with NameError: name 'lods' is not defined. Did you mean `loads`?",
        "lods('1')",
    ),
    "a large file": (
        "e01",
        page('open("big", "w").write("x" * 3_000_000)'),
        "This line wrote more than 1 MB to one file, which no exercise needs: an endless loop?",
        'open("big", "w").write("x" * 3_000_000)',
    ),
    "a large file at import": (
        "e01",
        top('open("big", "w").write("x" * 3_000_000)'),
        "This line wrote more than 1 MB to one file",
        'open("big", "w").write("x" * 3_000_000)',
    ),
    "much that is printed": (
        "e01",
        page('print("x" * 3_000_000)'),
        "This line printed more than 1 MB: an endless loop?",
        'print("x" * 3_000_000)',
    ),
    "another signature": (
        "e01",
        changed(E01, "(environ, start_response)", "(environ)"),
        "plain_app() takes 1 positional argument but 2 were given. The tests call it as the README does",
        "def plain_app(environ):",
    ),
    "a parameter that the rule has not": (
        "e02",
        changed(E02, "def health():", "def health(name):"),
        "health() missing 1 required positional argument: 'name': a view has a parameter for each part in angle "
        "brackets of its rule, and no other.",
        '@app.get("/health")',
    ),
    "one application for all": (
        "e02",
        E02_SHARED,
        "`create_app` returns the `app` that was made once, when the module was imported: every call gets the same "
        "one. Make it inside `create_app`.",
        "app = Flask(__name__)",
    ),
    "one application for all profiles": (
        "e09",
        E09_SHARED,
        "`create_app` returns the `app` that was made once, when the module was imported",
        "app = Flask(__name__)",
    ),
    "a rule of Flask's own": (
        "m07",
        M07,
        "Flask's own rule `/static/<path:filename>` came before yours, `/static/<path:name>`: the view `asset` was "
        "never called. Flask(__name__, static_folder=None) has no such rule.",
        '@app.get("/static/<path:name>")',
    ),
    "only a rule of Flask's own": (
        "m07",
        M07.partition("    @app")[0] + RETURN,
        "Flask's own rule `/static/<path:filename>` answered, with what the folder `static` has: no view was called.",
        None,
    ),
    "a misspelt rule": (
        "e02",
        changed(E02, "/health", "/helth"),
        "No rule of the application matches `/health`, so no view was called. It has `/helth`: is one of the two",
        None,
    ),
    "a view without a rule": (
        "e02",
        changed(E02, '    @app.get("/health")\n', ""),
        "No rule of the application matches `/health`, so no view was called.",
        None,
    ),
    "an answer before the view": (
        "e02",
        changed(
            E02,
            '    @app.get("/")',
            '    @app.before_request\n    def close():\n        return "No"\n\n    @app.get("/")',
        ),
        "The view `home` was never called: `close`, registered with before_request, answered before.",
        "@app.before_request",
    ),
    "a value that Flask cannot send": (
        "e02",
        changed(E02, '{"status": "ok"}', '{"status": object()}'),
        "TypeError: Object of type object is not JSON serializable",
        '@app.get("/health")',
    ),
    "an error in a library": (
        "e02",
        changed(E02, 'return {"status": "ok"}', "return __import__('flask').abort(999)"),
        "LookupError: no exception for 999",
        "return __import__('flask').abort(999)",
    ),
    "an error that became an answer": (
        "e02",
        changed(E02, 'return {"status": "ok"}', "return 1 / 0").replace(
            RETURN, "    app.config.update(PROPAGATE_EXCEPTIONS=False)\n" + RETURN
        ),
        "Behind this answer is an error, ZeroDivisionError: division by zero",
        "return 1 / 0",
    ),
    "items of a set": (
        "e02",
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n" + E02,
        "expected set() extra <Thread(",
        None,
    ),
    "a value of a dict": (
        "e02",
        changed(E02, "from_mapping(config)", "from_mapping(config, TESTING=bool(config))"),
        "expected 'TESTING': False actual 'TESTING': True",
        None,
    ),
    "items of a dict": (
        "e02",
        changed(E02, '{"status": "ok"}', '{"state": "ok", "at": 1}'),
        "missing 'status': 'ok' extra 'at': 1, 'state': 'ok'",
        '@app.get("/health")',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("number", "code", "words", "source"), SAID.values(), ids=SAID)
def test_the_screen_says_what_is_wrong_and_shows_the_line(real, number, code, words, source):
    project = real(number)
    stub = project.stub(1)
    stub.write_text(code)

    output = project.focus("-o", "kata_time_limit=60").output

    assert " ".join(words.split()) in " ".join(output.split())
    lines = [line.strip() for line in code.splitlines()]
    assert source is None or f"{stub.name}, line {lines.index(source) + 1}\n" in output
    assert len(output.splitlines()) <= 25
    assert "Likely" not in output


def later(file, than) -> None:
    """Let a file be saved later than another."""
    time = than.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(time, time))


@pytest.mark.parametrize("name", ["app.py", "what_is_flask copy.py"])
def test_a_renamed_stub_is_found_beside_its_place(real, name):
    project = real("e01")
    project.stub(1).rename(project.stub(1).with_name(name))

    output = " ".join(project.focus().output.split())

    assert (
        f"The file is missing. {name} lies beside it; the exercise is what_is_flask.py." in output
    )
    assert "To have the stub back: python3 -m kata reset e01" in output


@pytest.mark.parametrize("text", [E01, "def plain_app(environ:\n"], ids=["right", "not Python"])
def test_a_copy_that_is_edited_in_place_of_the_stub_is_named(real, text):
    project = real("e01")
    copy = project.stub(1).with_name("app.py")
    copy.write_text(text)
    later(copy, than=project.stub(1))

    output = project.focus().output

    assert "Still to be written. plain_app" in output
    assert "app.py lies beside it; the exercise is what_is_flask.py." in output


@pytest.mark.parametrize("case", ["older", "imported", "of something else"])
def test_a_file_that_is_no_edited_copy_is_not_named(real, case):
    project = real("e01")
    stub = project.stub(1)
    other = stub.with_name("app.py")
    other.write_text("def helper(): ...\n" if case == "of something else" else E01)
    if case == "imported":
        stub.write_text(f"import app\n{stub.read_text()}")
    if case == "older":
        later(stub, than=other)
    else:
        later(other, than=stub)

    output = project.focus().output

    assert "Still to be written. plain_app" in output
    assert "lies beside" not in output


def test_an_application_for_all_calls_is_not_blamed_where_one_call_fails(real):
    project = real("e02")
    project.stub(1).write_text(changed(E02_SHARED, "Hello, World!", "Hello"))

    output = project.focus().output

    assert "actual   (200, 'Hello')" in output
    assert "made once" not in output
