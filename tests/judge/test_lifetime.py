"""A run that is ended, in whatever way, leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOOPS = """\
import os, subprocess
from flask import Flask


def create_app():
    app = Flask(__name__)

    @app.get("/")
    def greet():
        subprocess.Popen(["sleep", "60"], start_new_session=True)
        open({started!r}, "w").close()
        while True: pass

    return app
"""


@pytest.fixture
def looping(project):
    """Return a project whose first exercise starts a daemon and never ends."""
    project.stub(1).write_text(LOOPS.format(started=str(project.root / "started")))
    return project


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} never appeared"
        os.sched_yield()


@pytest.mark.parametrize("kind", ["forked", "started"])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"])
def test_a_run_that_is_ended_takes_everything_with_it(looping, left_over, name, kind):
    if (name, kind) == ("SIGKILL", "started"):
        pytest.skip("what a started process has let go, nobody finds when pytest is killed")
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "exercises", "-o", f"kata_process={kind}"],
        cwd=looping.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(looping.root / "started")

    run.send_signal(getattr(signal, name))

    assert run.wait(60) == {"SIGKILL": -9}.get(name, 2)
    assert left_over(looping.root) == []


def test_the_clock_of_an_exercise_runs_without_pytest(looping, left_over):
    """A stopped pytest ends nothing; the process ends all the same, when its time is over."""
    arguments = ["exercises", "-o", "kata_time_limit=1"]
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=looping.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    wait_for(looping.root / "started")
    run.send_signal(signal.SIGSTOP)

    still_there = [line for line in left_over(looping.root) if "pytest" not in line]

    run.kill()
    run.wait()
    assert still_there == []
