"""Judge many versions of one exercise with one start of pytest.

pytest starts and collects once, in a process of its own. The tests of each candidate run in a process of
their own as always: what one does to its process, no other sees.
"""

import gc
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import NoReturn

import flask.testing  # noqa: F401  Imported here, it is there in every batch.
import pytest

from kata.course.exercise import Exercise
from kata.judge.isolation import Isolation
from kata.judge.lifetime import fork
from kata.judge.verdict import Collector, Verdict, become_pytest, laid_over

# Two plugins of pytest collect garbage at the end of every run, to warn of what nobody would see; and
# of a failure, nobody reads more than its message: pytest need not look for the lines of its traceback.
_OPTIONS = (
    "--as-edited",
    "--tb=line",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:unraisableexception",
    "-p",
    "no:threadexception",
)

# A file system in memory: on a disk, SQLite waits at each commit until it is written.
_MEMORY = Path("/dev/shm")

# How many bytes have to be free there.
_ROOM = 32_000_000


@dataclass(frozen=True)
class Candidate:
    """What is judged: the exercise's files in ``tree``, or ``answer`` laid over them.

    ``tests`` has the names of the tests that judge it, without their parameters; None stands for all.
    Once each of them has failed, the others are left out, or already once one has, if ``until_failure``.
    """

    tree: Path
    answer: Path | None = None
    tests: frozenset[str] | None = None
    until_failure: bool = False

    def is_judged_by(self, item: pytest.Item) -> bool:
        return self.tests is None or item.name.partition("[")[0] in self.tests

    def is_caught(self, failed: set[str]) -> bool:
        """Say whether more tests would say no more, once these have failed."""
        all_failed = self.tests is not None and failed == self.tests
        return all_failed or (self.until_failure and bool(failed))


@dataclass(frozen=True)
class Batch:
    """A process that judges candidates in turn, and sends each verdict over its connection.

    When that ends before the last one, ``output`` has what pytest wrote.
    """

    pid: int
    connection: Connection
    folder: Path

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text(encoding="utf-8", errors="replace")

    def interrupt(self) -> None:
        """Have the process end itself and all that it started, as pytest does at Ctrl-C."""
        _signal(self.pid, signal.SIGINT)

    def close(self) -> None:
        """End the process, if it has not ended, and remove its files."""
        self.connection.close()
        _signal(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)


def start(exercise: Exercise, candidates: Sequence[Candidate]) -> Batch:
    """Start to judge candidates in a new process, which leads a process group of its own."""
    ours, theirs = Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp(prefix="kata-", dir=_MEMORY if _is_fit(_MEMORY) else None))
    sys.stdout.flush()
    sys.stderr.flush()
    pid = fork()
    if pid == 0:
        try:
            ours.close()
            _judge(exercise, candidates, theirs, folder)
        except BaseException:  # Such as no room for its files.
            traceback.print_exc()
        finally:
            os._exit(1)
    theirs.close()
    return Batch(pid, ours, folder)


def _signal(pid: int, number: int) -> None:
    """Send a signal to the group of a process, or to the process if it has not made a group yet."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _is_fit(folder: Path) -> bool:
    """Say whether a folder can hold the files of tests, some of which are scripts that run."""
    if not os.access(folder, os.W_OK):
        return False
    system = os.statvfs(folder)
    has_room = system.f_bavail * system.f_frsize >= _ROOM
    return has_room and not system.f_flag & os.ST_NOEXEC


def _judge(
    exercise: Exercise, candidates: Sequence[Candidate], connection: Connection, folder: Path
) -> NoReturn:
    os.setpgid(0, 0)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    collector = Collector()
    each = _EachInTurn(exercise, candidates, connection, folder, collector)
    tests, tree = map(str, exercise.test_files), exercise.folder.parents[1]
    arguments = [*tests, "--against", str(tree), "--basetemp", str(folder / "pytest"), *_OPTIONS]
    with (folder / "output").open("w+") as output:
        become_pytest(arguments, tree.parent, [collector, each], output.fileno(), lambda code: None)


class _EachInTurn:
    """A pytest plugin that runs the collected tests on each candidate in turn, in place of pytest's loop."""

    def __init__(
        self,
        exercise: Exercise,
        candidates: Sequence[Candidate],
        connection: Connection,
        folder: Path,
        collector: Collector,
    ) -> None:
        self._exercise = exercise
        self._candidates = candidates
        self._connection = connection
        self._folder = folder
        self._collector = collector
        self._parent = os.getppid()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None  # A test file cannot be read: pytest says why.
        gc.collect()
        gc.freeze()  # The forks need not look through all that was imported, nor copy it.
        for candidate in self._candidates:
            if os.getppid() != self._parent:
                break  # Nobody is left who would read the verdict.
            tree = self._laid(candidate)
            session.config.option.against = str(tree)
            self._connection.send(self._judged(candidate, session))
            for leftover in (self._folder / "pytest").glob("*"):
                shutil.rmtree(leftover, ignore_errors=True)
            if candidate.answer is not None:
                shutil.rmtree(tree)
        return True

    def _laid(self, candidate: Candidate) -> Path:
        if candidate.answer is None:
            return candidate.tree
        return laid_over(candidate.answer, self._exercise, candidate.tree, self._folder / "tree")

    def _judged(self, candidate: Candidate, session: pytest.Session) -> Verdict:
        verdict = self._collector.verdict = Verdict()
        items = [item for item in session.items if candidate.is_judged_by(item)]
        isolation = Isolation(session.config)
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                isolation.pytest_runtest_protocol(item, following)
                if candidate.is_caught(verdict.failed):
                    break
        except BaseException:
            isolation.pytest_keyboard_interrupt()
            raise
        isolation.pytest_unconfigure()
        verdict.exit_code = int(
            pytest.ExitCode.TESTS_FAILED if verdict.failed else pytest.ExitCode.OK
        )
        return verdict
