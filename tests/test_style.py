"""The code is formatted, and lint and types are clean."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "--no-cache"],
        ["-m", "ruff", "format", "--check", "--no-cache"],
        ["-m", "mypy", "--no-error-summary"],
        ["-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
    ],
    ids=["lint", "format", "types", "arrows"],
)
def test_the_code_is_clean(command):
    run = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout + run.stderr
