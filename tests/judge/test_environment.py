"""Every exercise starts from a known place, whatever the shell that pytest is called from has set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CHECKS = """\
import locale, os, sys, tempfile
from flask import Flask


def create_app():
    app = Flask(__name__)
    assert app.debug is False, "FLASK_DEBUG has come through"
    assert open(os.devnull).encoding.lower() == "utf-8"
    assert sys.getfilesystemencoding() == "utf-8"
    assert "kata-" in tempfile.gettempdir()
    strange = [name for name in os.environ if name.startswith(("FLASK_", "WERKZEUG_", "http_proxy"))]
    assert strange == []

    @app.get("/")
    def greet():
        return "Hello"

    @app.get("/<name>")
    def greet_by_name(name):
        return f"Hello, {name}"

    return app
"""


@pytest.mark.parametrize("kind", ["forked", "started"])
@pytest.mark.parametrize(
    "variables",
    [
        {
            "FLASK_DEBUG": "1",
            "FLASK_APP": "other",
            "WERKZEUG_RUN_MAIN": "true",
            "http_proxy": "http://x",
        },
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=["of a tutorial", "of another encoding"],
)
def test_a_shell_changes_no_verdict(project, variables, kind):
    if kind == "forked" and "LC_ALL" in variables:
        kind = ""  # The names of files cannot change their encoding: an interpreter is started instead.
    project.stub(1).write_text(CHECKS)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "exercises/easy/e01_sample1",
            "-o",
            f"kata_process={kind}",
        ],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )

    assert "3 passed" in run.stdout, run.stdout
    assert run.returncode == 0
