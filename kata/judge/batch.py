"""Judge many versions of one exercise with one start of pytest.

pytest starts and collects once, in a process of its own. The tests of each candidate run in a process of
their own as always: what one does to its process, no other sees.
"""

import gc
import itertools
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
from kata.judge.told import Reader
from kata.judge.verdict import Collector, Verdict, become_pytest, laid_over
from kata.judge.written import Written

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

# How often, in seconds, a process that waits for the next candidate looks whether anybody is left to send it.
_LOOK = 1.0


@dataclass(frozen=True)
class Candidate:
    """What is judged: the exercise's files in ``tree``, or ``answer`` laid over them.

    ``tests`` has the names of the tests that judge it, without their parameters; None stands for all.
    Once each of them has failed, the others are left out, or already once one has, if ``until_failure``.
    Those of the tests ``first``, with their parameters, run first, in that order; ``left_out``, with
    theirs, do not run.
    """

    tree: Path
    answer: Path | None = None
    tests: frozenset[str] | None = None
    until_failure: bool = False
    first: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()

    def is_judged_by(self, item: pytest.Item) -> bool:
        if item.name in self.left_out:
            return False
        return self.tests is None or item.name.partition("[")[0] in self.tests

    def chosen(self, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """Return the tests that judge it, in the order in which they run."""
        place = {name: number for number, name in enumerate(self.first)}
        own = [item for item in items if self.is_judged_by(item)]
        return sorted(own, key=lambda item: place.get(item.name, len(place)))

    def is_caught(self, failed: set[str]) -> bool:
        """Say whether more tests would say no more, once these have failed."""
        all_failed = self.tests is not None and failed == self.tests
        return all_failed or (self.until_failure and bool(failed))


@dataclass(frozen=True)
class Batch:
    """A process that judges each candidate sent over its connection, and sends the verdict back.

    When the connection ends before that, ``output`` has what pytest wrote.
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


def start(exercise: Exercise, tests: Written | None = None) -> Batch:
    """Start a new process that judges candidates; it leads a process group of its own.

    With ``tests``, those judge in place of the shipped ones, and each verdict is a `told.Told`.
    """
    ours, theirs = Pipe()
    folder = Path(tempfile.mkdtemp(prefix="kata-", dir=_MEMORY if _is_fit(_MEMORY) else None))
    sys.stdout.flush()
    sys.stderr.flush()
    pid = fork()
    if pid == 0:
        try:
            ours.close()
            _judge(exercise, tests, theirs, folder)
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
    exercise: Exercise, tests: Written | None, connection: Connection, folder: Path
) -> NoReturn:
    os.setpgid(0, 0)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    collector = Collector() if tests is None else Reader(exercise, tests)
    each = _EachInTurn(exercise, connection, folder, collector)
    files = exercise.test_files if tests is None else [exercise.test_file]
    tree, own = exercise.folder.parents[1], str(folder / "pytest")
    arguments = [*map(str, files), "--against", str(tree), "--basetemp", own, *_OPTIONS]
    if tests is not None:
        arguments.append("--tb=short")  # Whoever wrote the tests wants to know the line.
    with (folder / "output").open("w+") as output:
        become_pytest(arguments, tree.parent, [collector, each], output.fileno(), lambda code: None)


class _EachInTurn:
    """A pytest plugin that runs the collected tests on each candidate that comes, in place of pytest's loop."""

    def __init__(
        self,
        exercise: Exercise,
        connection: Connection,
        folder: Path,
        collector: Collector,
    ) -> None:
        self._exercise = exercise
        self._connection = connection
        self._folder = folder
        self._collector = collector
        self._reader = collector if isinstance(collector, Reader) else None
        self._parent = os.getppid()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None  # A test file cannot be read: pytest says why.
        gc.collect()
        gc.freeze()  # The forks need not look through all that was imported, nor copy it.
        for candidate in iter(self._next, None):
            tree = self._laid(candidate)
            session.config.option.against = str(tree)
            unread = self._reader.read(session) if self._reader is not None else None
            self._connection.send(unread or self._judged(candidate, session))
            for leftover in (self._folder / "pytest").glob("*"):
                shutil.rmtree(leftover, ignore_errors=True)
            if tree != candidate.tree:
                shutil.rmtree(tree)
        return True

    def _next(self) -> Candidate | None:
        """Wait for a candidate; return None when nobody is left who would send one."""
        while not self._connection.poll(_LOOK):
            if os.getppid() != self._parent:
                return None
        try:
            candidate: Candidate = self._connection.recv()
        except (EOFError, OSError):
            return None
        return candidate

    def _laid(self, candidate: Candidate) -> Path:
        # To tests that a learner wrote, the folders with the solutions are closed.
        if candidate.answer is None and self._reader is None:
            return candidate.tree
        return laid_over(candidate.answer, self._exercise, candidate.tree, self._folder / "tree")

    def _judged(self, candidate: Candidate, session: pytest.Session) -> Verdict:
        verdict = self._collector.begin()
        items = candidate.chosen(session.items)
        isolation = Isolation(session.config)
        try:
            for item, following in itertools.zip_longest(items, items[1:]):
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
