"""Killed at any moment, a focused run and the watcher lose nothing and leave nothing behind."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from kata.judge.lifetime import fork

DEADLINE = 30

# What changes files or starts and ends processes, as `sys.addaudithook` names it.
_OPERATIONS = (
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.fork",
    "os.kill",
    "os.truncate",
)


def kill_at(point: int, count: Callable[[int], object]) -> None:
    """Have this process killed at its n-th operation; tell ``count`` of each."""
    process, seen = os.getpid(), 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if (writes or event in _OPERATIONS) and os.getpid() == process:
            seen += 1
            count(seen)
            if seen == point:
                os.kill(process, signal.SIGKILL)

    sys.addaudithook(hook)


def tree(root: Path) -> dict[str, bytes]:
    """Return every file of a project with its content, but what Python and pytest keep for themselves."""
    kept = {"__pycache__", ".pytest_cache", ".kata"}
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not kept & set(path.relative_to(root).parts)
    }


def leftovers(root: Path) -> list[psutil.Process]:
    """Return the processes that still run in a project, after giving them time to end."""

    def is_at_home(process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()).is_relative_to(root)
        except (psutil.Error, OSError):
            return False

    found = [process for process in psutil.process_iter() if is_at_home(process)]
    return psutil.wait_procs(found, timeout=DEADLINE)[1]


def focused_run(root: Path, point: int, counter: Path) -> int:
    """Run ``pytest --focus``, killed at its n-th operation; return its exit code."""
    pid = fork()
    if pid == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        os.chdir(root)
        writer = os.open(counter, os.O_RDWR | os.O_CREAT)
        kill_at(point, lambda seen: os.pwrite(writer, f"{seen:4}".encode(), 0))
        os._exit(pytest.main(["--focus", "-p", "no:cacheprovider", "--basetemp", f"{counter}.tmp"]))
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def test_a_focused_run_that_is_killed_at_any_operation_leaves_nothing_behind(project, tmp_path):
    counter, known = tmp_path / "counter", tmp_path / "known"
    project.solve(3)
    project.pytest("exercises/easy/e03_sample3")
    shutil.copytree(project.root / ".kata", known)
    project.solve(1)
    before = tree(project.root)
    assert focused_run(project.root, 0, counter) == 1
    assert project.progress["solved"] == ["e01_sample1", "e03_sample3"]
    operations = int(counter.read_text())

    for point in range(1, operations + 1, max(1, operations // 10)):
        shutil.rmtree(project.root / ".kata")
        shutil.copytree(known, project.root / ".kata")

        assert focused_run(project.root, point, counter) == -signal.SIGKILL
        assert leftovers(project.root) == []
        assert tree(project.root) == before
        assert "e03_sample3" in project.progress["solved"]


def kill_at_call(point: int, counter: Path) -> None:
    """Have this process killed at its n-th call of a function; write how many there were."""
    process, calls = os.getpid(), 0
    writer = os.open(counter, os.O_RDWR | os.O_CREAT)

    def count(*_: object) -> None:
        nonlocal calls
        if os.getpid() != process:
            sys.setprofile(None)
            return
        calls += 1
        if calls % 500 == 0:
            os.pwrite(writer, str(calls).encode(), 0)
        if calls == point:
            os.kill(process, signal.SIGKILL)

    sys.setprofile(count)


def test_a_watcher_that_is_killed_at_any_moment_leaves_nothing_behind(
    start, project, answer, tmp_path
):
    answer(1, "Hallo")
    before = tree(project.root)
    codes = []

    def watch(point: int) -> None:
        terminal = start(before=lambda: kill_at_call(point, tmp_path / "counter"))
        terminal.wait_until(lambda screen: "'Hallo'" in screen or terminal.over, "no end")
        if not terminal.over:
            terminal.press("q")
        codes.append(terminal.wait_for_end())

    watch(0)
    calls = int((tmp_path / "counter").read_text())
    for part in range(1, 7):
        watch(calls * part // 7)
        assert leftovers(project.root) == []
        assert tree(project.root) == before
    assert codes[0] == 0
    assert codes.count(-signal.SIGKILL) >= 4


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_watcher_that_is_ended_during_a_run_leaves_nothing_behind(start, project, number):
    hang = "import pathlib\npathlib.Path('started.log').touch()\nwhile True: ...\n"
    project.stub(1).write_text(hang)
    started = project.root / "started.log"
    terminal = start()
    terminal.wait_until(lambda _: started.exists(), "the run never came to the stub")
    before = tree(project.root)

    os.kill(terminal.pid, number)

    assert terminal.wait_for_end() == -number
    assert leftovers(project.root) == []
    assert tree(project.root) == before
