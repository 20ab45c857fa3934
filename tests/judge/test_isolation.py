"""Each exercise runs in a process of its own, and whatever it started ends with it."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kata.judge.verdict import forked_pytest

ROOT = Path(__file__).parents[2]

GREETS = """\
{head}
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


def gone(pid: int) -> bool:
    """Say whether a process has ended; wait for that at most five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


def test_a_process_that_a_test_started_ends_with_its_exercise(project):
    pids = project.root / "pids"
    start = f"p = subprocess.Popen(['sleep', '60']); open({str(pids)!r}, 'a').write(f'{{p.pid}} ')"
    project.stub(1).write_text(GREETS.format(head="import subprocess", body=start))

    project.pytest("exercises/easy/e01_sample1")

    assert [gone(int(pid)) for pid in pids.read_text().split()] == [True]


def test_a_process_that_a_hanging_test_started_ends_too(project):
    pids = project.root / "pids"
    start = f"p = subprocess.Popen(['sleep', '60']); open({str(pids)!r}, 'a').write(f'{{p.pid}} '); p.wait()"
    project.stub(1).write_text(GREETS.format(head="import subprocess", body=start))

    verdict = project.pytest("exercises/easy/e01_sample1", "-o", "kata_time_limit=1")

    assert "did not end within 1 s" in verdict.output
    assert [gone(int(pid)) for pid in pids.read_text().split()] == [True]


def test_an_interrupt_ends_the_run_and_its_process(project):
    pids = project.root / "pids"
    wait = f"open({str(pids)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    project.stub(1).write_text(GREETS.format(head="import os, time", body=wait))
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "exercises/easy/e01_sample1"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not (pids.is_file() and pids.read_text()) and time.monotonic() < deadline:
        os.sched_yield()

    run.send_signal(signal.SIGINT)
    output, _ = run.communicate(timeout=30)

    assert "KeyboardInterrupt" in output
    assert run.returncode == 2
    assert gone(int(pids.read_text()))


def test_after_a_test_that_never_ends_its_exercise_is_given_up(project):
    project.solve(2)
    project.stub(1).write_text(GREETS.format(head="", body="while True: ..."))

    verdict = project.pytest("exercises", "--tb=short", "-o", "kata_time_limit=5")

    assert verdict.output.count("did not end within 5 s") == 1
    assert verdict.output.count("Not run: a test of this exercise did not end, as said above.") == 2
    assert "test_sample2.py ..." in verdict.output


def test_a_marked_test_may_take_longer(project):
    body = "import time; time.sleep(1.2)"
    project.stub(1).write_text(GREETS.format(head="", body=body))
    test_file = project.exercises[0].test_file
    text = test_file.read_text()
    mark = "    @pytest.mark.time_limit(30)\n    def test_the_page_greets("
    test_file.write_text(text.replace("    def test_the_page_greets(", mark))

    assert project.pytest("exercises/easy/e01_sample1", "-o", "kata_time_limit=1").passed


def test_printed_text_is_kept_up_to_a_limit_and_shown_by_its_ends(project):
    body = "print('first'); print('x' * 500_000); print('last'); 1 / 0"
    project.stub(1).write_text(GREETS.format(head="", body=body))

    verdict = project.pytest("exercises/easy/e01_sample1")

    assert "first" in verdict.output
    assert "characters in all" in verdict.output
    assert "last" in verdict.output
    assert len(verdict.output) < 20_000


def test_what_an_ended_process_printed_is_shown(project):
    project.stub(1).write_text(
        GREETS.format(head="import os", body="print('before', flush=True); os._exit(3)")
    )

    verdict = project.pytest("exercises/easy/e01_sample1")

    assert "before" in verdict.output
    assert "This line ends the whole process with os._exit()" in verdict.output


def test_an_exercise_that_changes_the_process_changes_no_other(project):
    change = "import os, flask; os.environ['KATA'] = 'changed'; os.chdir('/'); flask.Flask = None"
    project.stub(1).write_text(change)
    project.stub(2).write_text(
        GREETS.format(head="import os", body="assert 'KATA' not in os.environ")
    )

    verdict = project.pytest("exercises/easy/e01_sample1", "exercises/easy/e02_sample2")

    assert "3 failed, 3 passed" in verdict.output


def test_fixtures_are_torn_down_when_the_run_stops_early(project):
    project.solve(1)
    trace = project.root / "trace"
    test_file = project.exercises[0].test_file
    fixture = f"""

@pytest.fixture(scope="module", autouse=True)
def service():
    yield
    open({str(trace)!r}, "w").write("torn down")
"""
    text = test_file.read_text().replace("import pytest\n", "import pytest\n" + fixture, 1)
    test_file.write_text(text.replace('"Hello")', '"Bye")'))

    project.pytest("exercises/easy/e01_sample1", "-x")

    assert trace.read_text() == "torn down"


def test_the_debugger_gets_one_process(project):
    body = "import os; assert os.getpid() == os.getsid(0) or True; print('pid', os.getpid())"
    project.stub(1).write_text(GREETS.format(head="", body=body + "; 1 / 0"))

    verdict = project.pytest(
        "exercises/easy/e01_sample1", "--in-process", "-o", "kata_time_limit=0.001"
    )

    assert "ZeroDivisionError" in verdict.output
    assert "did not end" not in verdict.output


@pytest.mark.parametrize(
    "setting", ["kata_time_limit=soon", "kata_time_limit=0", "kata_memory_limit=-1"]
)
def test_a_limit_that_is_none_is_refused(project, setting):
    verdict = project.pytest("exercises", "-o", setting)

    assert verdict.exit_code == pytest.ExitCode.USAGE_ERROR
    assert "is to be a number above zero" in verdict.output


def test_one_module_is_judged_whatever_lies_beside_the_stub(project):
    folder = project.exercises[0].folder
    os.mkfifo(folder / "pipe")
    (folder / "gone.txt").symlink_to("nowhere")
    (folder / "around").symlink_to(".")

    verdict = project.pytest("exercises", "--against", "solutions/easy/e01_sample1/sample1.py")

    assert verdict.passed


@pytest.mark.parametrize("kind", ["forked", "started"])
def test_a_folder_may_have_brackets_in_its_name(project, kind):
    project.root = project.root.rename(project.root.with_name("[a] project"))
    project.solve(1)

    project.focus("-o", f"kata_process={kind}")

    assert project.progress["solved"] == ["e01_sample1"]


def test_without_assertions_nothing_runs(project):
    command = [sys.executable, "-O", "-m", "pytest", "exercises", "--assert=plain"]
    run = subprocess.run(
        command,
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "only --assert=rewrite keeps the assertions" in run.stderr


def refuse() -> int:
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


class Refused:
    """A pytest plugin that has the system refuse every new process."""

    def pytest_collection_finish(self) -> None:
        os.fork = refuse


def test_a_process_that_the_system_refuses_is_told(project):
    project.solve(1)

    verdict = forked_pytest(["exercises/easy/e01_sample1"], project.root, [Refused()])

    assert set(verdict.outcomes.values()) == {"failed"}
    assert all("needs: Resource temporarily unavailable" in text for text in verdict.texts.values())
    assert verdict.exit_code == 1
