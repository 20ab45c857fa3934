"""A warm process that runs focused tests: each run is a fork of it.

It has imported pytest, Flask and what the exercises use, and has run pytest once, so a run starts
where the learner's file is read. It takes requests and answers them through a connection, and starts
no thread: forking with threads is asking for trouble.
"""

import ast
import contextlib
import gc
import importlib
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import IO, NoReturn

import pytest

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.judge.focus import CHANGED
from kata.judge.lifetime import fork
from kata.judge.outcome import Outcome

# How long, in seconds, a run that is no longer wanted may take to end what it started.
_GRACE = 2.0


@dataclass
class Server:
    """The learner's side of the warm process."""

    pid: int
    connection: Connection

    def run(self, paths: list[str], changed: set[str] | None) -> None:
        """Ask for a run of the exercises below ``paths``, in place of the one under way, if any.

        ``changed`` has the ids of the exercises with saves since the latest verdict, None if that is
        not known: then the run looks at the files of all.
        """
        self.connection.send((paths, changed))

    def receive(self) -> Outcome:
        """Return the outcome of the latest run; call it when the connection is readable.

        Raises:
            EOFError: the process has ended.
        """
        return Outcome.from_json(self.connection.recv())

    def stop(self) -> None:
        """End the process, and with it the run under way."""
        self.connection.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def start(root: Path, arguments: list[str]) -> Server:
    """Fork the warm process; ``arguments`` are those of pytest for a focused run."""
    ours, theirs = Pipe()
    pid = fork()
    if pid == 0:
        ours.close()
        status = 1
        try:
            os.setpgid(0, 0)  # Ctrl-C in the terminal is for the watcher, which ends this process.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _Warm(root, arguments, theirs).serve()
            status = 0
        except Exception:  # The watcher ends with this process, and its last screen says why.
            theirs.send(Outcome(pytest_output=traceback.format_exc()).to_json())
        finally:
            os._exit(status)
    theirs.close()
    return Server(pid, ours)


class _Warm:
    def __init__(self, root: Path, arguments: list[str], connection: Connection) -> None:
        self._root = root
        self._arguments = arguments
        self._connection = connection
        self._warmed: set[str] = set()
        self._run: _Run | None = None

    def serve(self) -> None:
        """Run what is asked for until the connection closes."""
        while True:
            sources = [self._connection, *([self._run.connection] if self._run else [])]
            if self._connection in wait(sources):
                try:
                    paths, changed = self._connection.recv()
                except EOFError:
                    self._cancel()
                    return
                self._cancel()
                self._run = _start(self._root, [*self._arguments, *paths], changed)
            elif self._run is not None:
                outcome = self._run.finish()
                self._run = None
                self._connection.send(outcome.to_json())
                self._warm_up(outcome)

    def _cancel(self) -> None:
        if self._run is not None:
            self._run.cancel()
            self._run = None

    def _warm_up(self, outcome: Outcome) -> None:
        """Import what the next runs will need: the first verdict is shown, and nobody waits.

        That is all that the exercises of the tier import, and what pytest imports late: after a run
        on an exercise it is all there.
        """
        current = outcome.failure.exercise if outcome.failure else None
        if current is None or current in self._warmed:
            return
        tree = self._root / "exercises"
        exercises = catalog.find_all(tree)
        tier = next((exercise.tier for exercise in exercises if exercise.id == current), None)
        if tier is None:
            return
        tier_exercises = [exercise for exercise in exercises if exercise.tier == tier]
        imports = {name for exercise in tier_exercises for name in _imports(exercise, self._root)}
        with tempfile.TemporaryFile("w+") as nowhere, contextlib.redirect_stdout(nowhere):
            for name in sorted(imports):
                with contextlib.suppress(Exception):
                    importlib.import_module(name)
            if not self._warmed:
                os.chdir(self._root)
                # With --against, nothing is recorded, and the learner's own tree is run all the same.
                plain = [argument for argument in self._arguments if argument != "--focus"]
                test_file = str(tier_exercises[0].test_file)
                pytest.main(
                    [*plain, "-p", "no:cacheprovider", "--against", str(tree), "-x", test_file]
                )
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(tree):
                del sys.modules[name]  # A changed test file is to be read again.
        self._warmed |= {exercise.id for exercise in tier_exercises}
        gc.collect()
        gc.freeze()


@dataclass
class _Run:
    """A run under way."""

    pid: int
    connection: Connection
    output: IO[str]

    def finish(self) -> Outcome:
        """Return what the run found, once its connection is readable."""
        try:
            outcome = Outcome.from_json(self.connection.recv())
        except EOFError:
            self.output.seek(0)
            outcome = Outcome(
                pytest_output=self.output.read()[-4000:] or "The run ended without a word."
            )
        self._close()
        return outcome

    def cancel(self) -> None:
        """End the run and what it started: pytest does that when it is interrupted."""
        deadline = time.monotonic() + _GRACE
        os.kill(self.pid, signal.SIGINT)
        while time.monotonic() < deadline and not self.connection.closed:
            if not wait([self.connection], deadline - time.monotonic()):
                break
            try:
                self.connection.recv()
            except EOFError:
                break
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._close()

    def _close(self) -> None:
        self.connection.close()
        self.output.close()
        os.waitpid(self.pid, 0)


def _start(root: Path, arguments: list[str], changed: set[str] | None) -> _Run:
    ours, theirs = Pipe(duplex=False)
    output = tempfile.TemporaryFile("w+")  # noqa: SIM115  It lives as long as the run.
    pid = fork()
    if pid == 0:
        ours.close()
        _child(root, arguments, _Link(theirs, changed), output.fileno())
    theirs.close()
    return _Run(pid, ours, output)


def _child(root: Path, arguments: list[str], link: "_Link", output: int) -> NoReturn:
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for stream in (1, 2):
            os.dup2(output, stream)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        os.chdir(root)
        pytest.main(arguments, plugins=[link])
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(0)


class _Link:
    """A pytest plugin that brings what the watcher knows, and hands the outcome to the warm process."""

    def __init__(self, connection: Connection, changed: set[str] | None) -> None:
        self._connection = connection
        self._changed = changed

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        if self._changed is not None:
            config.stash[CHANGED] = frozenset(self._changed)

    def pytest_kata_outcome(self, outcome: Outcome) -> bool:
        self._connection.send(outcome.to_json())
        return True


def _imports(exercise: Exercise, root: Path) -> Iterator[str]:
    """Yield the modules that the solution and the tests of an exercise import.

    The learner's own file is not asked: whatever it imports is its own business.
    """
    folder = exercise.within(root / "solutions")
    own = {path.stem for path in folder.glob("*.py")}
    for file in [*exercise.test_files, *folder.glob("*.py")]:
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            yield from (name for name in names if name.partition(".")[0] not in own)
