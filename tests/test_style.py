"""The code is formatted, and lint and types are clean; a learner's own code may be as it is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kata.course import catalog, workspace

ROOT = Path(__file__).parent.parent


def leaving_out() -> str:
    """Return the setting for ruff that leaves out what somebody has written in a shipped exercise."""
    own = []
    for exercise in catalog.find_all(ROOT / "exercises"):
        shipped = workspace.shipped(exercise)
        for file in exercise.learner_files() if shipped else []:
            name = file.relative_to(exercise.folder).as_posix()
            if name not in shipped or not workspace.same_text(file.read_bytes(), shipped[name]):
                own.append(file.relative_to(ROOT).as_posix())
    return f"extend-exclude = {json.dumps(own)}"


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "--no-cache", "--config", leaving_out()],
        ["-m", "ruff", "format", "--check", "--no-cache", "--config", leaving_out()],
        ["-m", "mypy", "--no-error-summary"],
        ["-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
    ],
    ids=["lint", "format", "types", "arrows"],
)
def test_the_code_is_clean(command):
    run = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout + run.stderr
