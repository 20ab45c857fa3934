"""Without fork, the same exchange runs over an interpreter that was started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What Windows does not have.
HIDE = """\
import os, signal, sys
import psutil  # On Windows, it needs none of them.
for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "register_at_fork", "setsid", "setpgid", "getpgid"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGTSTP", "SIGSTOP", "SIGWINCH", "SIGUSR1", "SIGCHLD", "SIGALRM"):
    if hasattr(signal, name):
        delattr(signal, name)
"""


@pytest.fixture
def elsewhere(project, tmp_path):
    """Return a function that runs a command on the project, without what Windows does not have."""
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "sitecustomize.py").write_text(HIDE)
    path = os.pathsep.join([str(tmp_path / "hiding"), str(ROOT)])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=project.root,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    return run


def test_without_the_modules_of_posix_the_exercises_run(project, elsewhere):
    project.solve(1)
    project.stub(2).write_text("import os\nos._exit(0)\n")

    run = elsewhere("exercises", "-o", "kata_time_limit=5")

    assert "6 failed, 3 passed" in run.stdout, run.stdout + run.stderr
    assert "This line ends the whole process with os._exit()" in run.stdout
    assert run.returncode == 1


def test_without_the_modules_of_posix_a_focused_run_shows_its_screen(project, elsewhere):
    project.solve(1)

    run = elsewhere("--focus")

    assert run.stdout.startswith("✓ e01 is solved"), run.stdout + run.stderr
    assert "e02 · How does sample 2 greet?" in run.stdout
    assert project.progress["solved"] == ["e01_sample1"]


def test_an_endless_loop_ends_there_too(project, elsewhere, left_over):
    project.stub(1).write_text(
        "import subprocess\nsubprocess.Popen(['sleep', '60'])\nwhile True: ...\n"
    )

    run = elsewhere("exercises/easy/e01_sample1", "-o", "kata_time_limit=1")

    assert "did not end within 1 s" in run.stdout
    assert "sample1.py, line 3" in run.stdout
    assert left_over(project.root) == []


def test_an_exercise_for_unix_says_so(project, elsewhere):
    test_file = project.exercises[0].test_file
    test_file.write_text(f"import fcntl\n{test_file.read_text()}")

    run = elsewhere("--focus", "exercises/easy/e01_sample1")

    assert "e01 needs what Unix alone has (the module fcntl)" in " ".join(run.stdout.split())
    assert run.returncode == 1
