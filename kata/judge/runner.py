"""A process that runs the tests of one exercise and reports them one by one.

It is forked from pytest when the first test is due, so it has all that pytest collected. It leads a
session of its own: whatever a test started ends with it.
"""

import contextlib
import json
import os
import re
import resource
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from faulthandler import register as dump_on_signal
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol

from kata.judge.forking import fork
from kata.judge.loader import is_the_learners

# What a test may write to one file, its standard output among them: 1 MB.
OUTPUT_LIMIT = 1_000_000

# How long, in seconds, the fixtures of an exercise may take to let go when the run stops early.
TEARDOWN_LIMIT = 5.0

_FRAME = re.compile(r'File "(.+)", line (\d+) in ')


@dataclass(frozen=True)
class Ending:
    """How a test's process ended before it reported: in words, and where in the learner's code.

    ``final`` says that running the next test would only take as long again.
    """

    sentence: str
    place: tuple[Path, int] | None = None
    final: bool = False


@dataclass
class Runner:
    """The process that runs the tests of one exercise, whose learner's files are in ``folder``."""

    folder: Path
    pid: int
    connection: Connection
    stacks: int
    last_words: dict[str, Any] = field(default_factory=dict)

    def run(
        self, nodeid: str, following: str | None, limit: float
    ) -> list[dict[str, Any]] | Ending:
        """Have one test run and return its serialized reports, or how the process ended.

        ``limit`` is in seconds.
        """
        self.connection.send_bytes(json.dumps([nodeid, following]).encode())
        deadline = time.monotonic() + limit
        while self.connection.poll(max(0.0, deadline - time.monotonic())):
            try:
                message = json.loads(self.connection.recv_bytes())
            except (EOFError, OSError):
                return self._ended()
            if isinstance(message, list):
                return message
            self.last_words = message
        place = self._where()
        self.close()
        sentence = (
            f"The test did not end within {limit:g} s: an endless loop, or a wait for nothing?"
        )
        return Ending(sentence, place, final=True)

    def close(self) -> None:
        """End the process and everything that it started."""
        if self.pid:
            self.connection.close()
            _kill_session(self.pid)
            os.waitpid(self.pid, 0)
            os.close(self.stacks)
            self.pid = 0

    def finish(self) -> None:
        """Let the process end by itself, then end what it left behind."""
        if self.pid:
            self.connection.close()
            select.select([self.stacks], [], [], TEARDOWN_LIMIT)  # Its end closes the pipe.
            self.close()

    def _ended(self) -> Ending:
        _, status = os.waitpid(self.pid, 0)
        _kill_session(self.pid)
        self.connection.close()
        os.close(self.stacks)
        self.pid = 0
        if os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return Ending(f"The process that ran the test was ended by the signal {name}.")
        for file, line in self.last_words.get("frames", ()):
            if Path(file).is_relative_to(self.folder):
                sentence = "This line ends the whole process with os._exit(), before the test has a result."
                return Ending(sentence, (Path(file), line))
        return Ending("The process that ran the test ended before the test had a result.")

    def _where(self) -> tuple[Path, int] | None:
        """Ask the process for its stacks and return the innermost line of the learner's code."""
        os.kill(self.pid, signal.SIGUSR1)
        dump = b""
        while select.select([self.stacks], [], [], 0.5)[0]:
            chunk = os.read(self.stacks, 65536)
            if not chunk:
                break
            dump += chunk
        for file, line in _FRAME.findall(dump.decode(errors="replace")):
            if is_the_learners(file, self.folder):
                return Path(file), int(line)
        return None


def start(session: pytest.Session, folder: Path) -> Runner:
    """Fork a process that runs tests of the session on the learner's files in ``folder``."""
    ours, theirs = Pipe()
    read_stacks, write_stacks = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = fork()
    if pid == 0:
        ours.close()
        os.close(read_stacks)
        _serve(session, theirs, write_stacks)
    theirs.close()
    os.close(write_stacks)
    return Runner(folder, pid, ours, read_stacks)


def _serve(session: pytest.Session, connection: Connection, stacks: int) -> NoReturn:
    """Run the tests that are asked for until the connection closes."""
    leave = os._exit
    status = 1
    try:
        os.setsid()
        sys.dont_write_bytecode = True
        dump_on_signal(signal.SIGUSR1, file=stacks, all_threads=True)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, hard))
        _announce_exit(connection)
        items = {item.nodeid: item for item in session.items}
        while True:
            nodeid, following = json.loads(connection.recv_bytes())
            connection.send_bytes(
                json.dumps(_reports(items[nodeid], items.get(following))).encode()
            )
    except EOFError:
        session._setupstate.teardown_exact(None)
        status = 0
    finally:
        leave(status)


def _reports(item: pytest.Item, following: pytest.Item | None) -> list[dict[str, Any]]:
    hook = item.config.hook
    reports = runtestprotocol(item, log=False, nextitem=following)
    return [hook.pytest_report_to_serializable(config=item.config, report=r) for r in reports]


def _announce_exit(connection: Connection) -> None:
    """Let ``os._exit`` say from where it was called before it does what it does."""
    child, leave = os.getpid(), os._exit

    def _exit(status: int) -> NoReturn:
        if os.getpid() == child:
            frames, frame = [], sys._getframe(1)
            walk: FrameType | None = frame
            while walk is not None:
                frames.append([walk.f_code.co_filename, walk.f_lineno])
                walk = walk.f_back
            connection.send_bytes(json.dumps({"frames": frames[:100]}).encode())
        leave(status)

    os._exit = _exit


def _kill_session(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # The process itself may not lead its session yet.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
