"""A broken stub gets one clear sentence, and touches no other exercise.

Each case breaks the fifth of ten solved exercises in one way.
"""

from itertools import count

import pytest

VIEW = """\
from flask import Flask


def create_app():
    app = Flask(__name__)

    @app.get("/")
    def greet():
{body}
        return "Hello"

    @app.get("/<name>")
    def greet_by_name(name):
        return f"Hello, {{name}}"

    return app
"""


def in_view(*lines: str) -> str:
    return VIEW.format(body="\n".join(f"        {line}" for line in lines))


def at_import(*lines: str) -> str:
    return in_view("...") + "\n\n" + "\n".join(lines) + "\n"


AFTER = """\
    @app.after_request
    def add_header(response):
        response.headers["X-Greeting"] = "yes"
"""
SWALLOWS = ("while True:", "    try:", "        while True: ...", "    except BaseException: ...")

# What stands in the file, the sentence that says so, and the line it names.
BROKEN = {
    "syntax error": ("def create_app(:\n", "Not valid Python", 1),
    "indentation error": ("def create_app():\nreturn 1\n", "The indentation is wrong", 2),
    "missing import": ("import flaskk\n", "there is no module of that name. Did you mean `flask`?", 1),
    "missing name in an import": ("from flask import Flaskk\n", "cannot import name 'Flaskk' from 'flask'", 1),
    "missing function": (in_view("...").replace("create_app", "creat_app"), "It has `creat_app`", None),
    "wrong signature": (
        in_view("...").replace("create_app()", "create_app(name)"),
        "missing 1 required positional argument: 'name'",
        4,
    ),
    "sys.exit at import": (at_import("import sys", "sys.exit(0)"), "ends the program with exit status 0", 20),
    "sys.exit in a view": (in_view("import sys", "sys.exit(0)"), "ends the program with exit status 0", 10),
    "os._exit at import": (at_import("import os", "os._exit(0)"), "ends the whole process with os._exit()", 20),
    "os._exit in a view": (in_view("import os", "os._exit(0)"), "ends the whole process with os._exit()", 10),
    "app.run at the bottom": (at_import("create_app().run()"), "starts the development server", 19),
    "endless loop at import": (at_import("while True: ..."), "did not end within 3 s:", 19),
    "endless loop in a view": (in_view("while True: ..."), "did not end within 3 s:", 9),
    "endless loop that swallows interrupts": (in_view(*SWALLOWS), "did not end within 3 s:", 11),
    "endless printing": (in_view("while True: print('spam')"), "printed more than 1 MB", 9),
    "endless recursion": (in_view("greet()"), "calls itself without end", 9),
    "pytest.skip": (in_view("import pytest", "pytest.skip('later')"), "calls pytest.skip()", 10),
    "pytest.exit": (in_view("import pytest", "pytest.exit('enough')"), "calls pytest.exit()", 10),
    "pytest.skip at import": (
        "import pytest\npytest.skip('later', allow_module_level=True)\n",
        "calls pytest.skip()",
        2,
    ),
    "pytest.exit at import": ("import pytest\npytest.exit('enough', 0)\n", "calls pytest.exit()", 2),
    "assignment for a comparison": (
        "name = 'x'\nif name[0] = 'x':\n    name = 'y'\n",
        "Maybe you meant '==' instead of '='?\n",
        2,
    ),
    "deleted file": (None, "The file is missing. To have the stub back: python3 -m kata reset e", None),
    "empty file": ("", "The exercise asks for `create_app`, and the file has none.", None),
    "NUL byte": ("x = 1\ny = '\0'\n", "holds a NUL byte", 2),
    "Latin-1": ("x = 1\ny = 'é'\n".encode("latin-1"), "The byte 0xe9 is not UTF-8", 2),
    "a view that returns None": (in_view("return None"), "did it end without `return`?", 7),
    "a view that returns an object": (
        in_view("return object()"),
        "The view function did not return a valid response: it returned an object of type object.",
        7,
    ),
    "create_app that returns None": (
        in_view("...").replace("    return app\n", ""),
        "`create_app` returned None: is a `return` missing?",
        4,
    ),
    "an exception without a readable text": (
        in_view("class OddError(Exception):", "    __str__ = None", "raise OddError"),
        "OddError, whose text cannot be read: that raises TypeError.",
        11,
    ),
    "after_request that returns None": (
        in_view("...").replace("    return app\n", f"{AFTER}\n    return app\n"),
        "A function registered with after_request returned None: it has to return the response.",
        16,
    ),
    "killed by a signal": (
        in_view("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"),
        "was ended by the signal SIGKILL",
        None,
    ),
}  # fmt: skip


def write(file, content):
    if content is None:
        file.unlink()
        return
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def time_limit(sentence: str) -> str:
    """Return the setting for a case: little time where it is to run out, else plenty."""
    return f"kata_time_limit={3 if 'did not end' in sentence else 60}"


# One test, so that however many workers run these tests, the project runs once.
def test_a_broken_stub_fails_alone_and_says_why(make_project, run, subtests):
    """Every second exercise is broken, each in its own way."""
    project = make_project(2 * len(BROKEN))
    for number, (content, _, _) in enumerate(BROKEN.values(), 1):
        write(project.stub(2 * number - 1), content)
        project.solve(2 * number)

    result = run(project, "-o", "kata_time_limit=3")

    for number, (name, (_, sentence, line)) in zip(count(1, 2), BROKEN.items(), strict=False):
        with subtests.test(name):
            exercise = f"e{number:02}_sample{number}"
            said = "\n".join(result.texts[exercise])
            place = f"exercises/easy/{exercise}/sample{number}.py"
            assert sentence in said
            assert f"{place}, line {line}" in said or line is None
            assert f"e{number + 1:02}_sample{number + 1}" not in result.texts
            assert result.ended[f"e{number + 1:02}_sample{number + 1}"] == 3
    assert result.exit_code == 1
    assert result.left == []


@pytest.mark.parametrize(("content", "sentence", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_the_focused_screen_shows_the_same_sentence(project, content, sentence, line):
    write(project.stub(1), content)

    verdict = project.focus("-o", time_limit(sentence))

    words = " ".join(verdict.output.split())
    assert " ".join(sentence.split()) in words
    assert f"sample1.py, line {line}" in words or line is None
    assert len(verdict.output.splitlines()) <= 25
    assert verdict.exit_code == 1
