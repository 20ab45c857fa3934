"""A process of its own for the tests of one exercise, as pytest sees it.

It is forked from pytest when the first test is due, so it has all that pytest collected; where that is
not possible, an interpreter is started that collects the same tests again.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from kata.judge import environment, lifetime, serving, started
from kata.judge.lifetime import Life
from kata.judge.protocol import Breach, Channel, Closed, Late, Questions
from kata.judge.reading import is_the_learners
from kata.judge.serving import Place

# How many seconds longer than a test may take to wait for its reports.
_GRACE = 3.0

# The same for the first test of an interpreter that has to import everything before.
_START = 30.0

# How many seconds the fixtures of an exercise may take to let go at the end.
_TEARDOWN_LIMIT = 5.0

# How many seconds a process may take to end after it has closed the connection.
_LAST_WORDS = 1.0

# What faulthandler writes in front of the stacks when a test's time is over.
_TIME_IS_OVER = "Timeout ("

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
class Process:
    """The process that runs the tests of one exercise, whose learner's files are in ``folder``.

    ``grace`` is how many seconds longer than the next test may take to wait for its reports. ``said`` has
    the last words of a process that has ended.
    """

    folder: Path
    life: Life
    channel: Channel
    questions: Questions
    words: IO[str]
    own: Path
    grace: float
    said: str = ""

    def run(self, test: str, following: str | None, limit: float) -> list[dict[str, Any]] | Ending:
        """Have one test run and return its serialized reports, or how the process ended instead."""
        grace, self.grace = self.grace, _GRACE
        try:
            return self.questions.ask(test, following, limit, grace)
        except Late:
            self.end()
            return Ending(_too_long(limit), self._place(), final=True)
        except Breach as what:
            self.end()
            return Ending(
                f"The process that ran the test sent {what}: something in it writes where only the "
                "results of tests belong."
            )
        except Closed:
            status = self.life.status(_LAST_WORDS)
            self.end()
            return self._ending(status, limit)

    def release(self) -> None:
        """Let the fixtures of the exercise go, and the process end; do not wait for that."""
        self.channel.close()

    def finish(self) -> None:
        """Let the process end by itself, then end what it left behind."""
        self.release()
        self.life.status(_TEARDOWN_LIMIT)
        self.end()

    def end(self) -> None:
        """End the process and everything that it started."""
        self.channel.close()
        self.life.end()
        self.words.seek(0)
        self.said = self.words.read(100_000)
        self.words.close()
        shutil.rmtree(self.own, ignore_errors=True)

    def _ending(self, status: int | None, limit: float) -> Ending:
        said = self.said
        if _TIME_IS_OVER in said:
            return Ending(_too_long(limit), self._place(), final=True)
        if serving.LEFT in said and (place := self._place()):
            sentence = (
                "This line ends the whole process with os._exit(), before the test has a result."
            )
            return Ending(sentence, place)
        if status is None:
            return Ending(
                "The process that ran the test no longer answers: it has closed its files, or has become "
                "another program, as with os.exec…()."
            )
        if status < 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(-status).name
                sentence = f"The process that ran the test was ended by the signal {name}."
                return Ending(sentence, self._place())
        if status == serving.OUT_OF_MEMORY:
            return Ending("The test asks for more memory than an exercise may use.", self._place())
        return Ending("The process that ran the test ended before the test had a result.")

    def _place(self) -> tuple[Path, int] | None:
        """Return the innermost line of the learner's code in the last words."""
        for file, line in _FRAME.findall(self.said):
            if is_the_learners(file, self.folder):
                return Path(file), int(line)
        return None


def start(session: pytest.Session, folder: Path, files: list[Path], memory: int) -> Process:
    """Start a process for tests of the session on the learner's files in ``folder``.

    ``files`` are the exercise's test files. ``memory`` is how many MB the process may use.

    Raises:
        OSError: the system refuses what is needed, such as a process or room on the disk.
    """
    own = Path(tempfile.mkdtemp(prefix="kata-"))
    try:
        return _started(session, folder, files, memory, own)
    except OSError:
        shutil.rmtree(own, ignore_errors=True)
        raise


def _started(
    session: pytest.Session, folder: Path, files: list[Path], memory: int, own: Path
) -> Process:
    ours, theirs = socket.socketpair()
    # The process writes in append mode: whoever reads here does not move where it writes.
    words = (own / "last-words").open("a+", encoding="utf-8", errors="replace")
    if forks(session.config):
        life: Life = _forked(session, ours, theirs, Place(_made(own), words, memory << 20))
    else:
        life = started.start(session.config, files, theirs, _made(own), words, memory << 20)
        theirs.close()
    channel = Channel(ours)
    grace = _GRACE if isinstance(life, lifetime.Forked) else _START
    return Process(folder, life, channel, Questions(channel), words, own, grace)


def forks(config: pytest.Config) -> bool:
    """Say whether the process of an exercise is forked from this one."""
    if kind := config.getini("kata_process"):
        return bool(kind == "forked")
    return hasattr(os, "fork") and environment.is_utf8()


def _forked(
    session: pytest.Session, ours: socket.socket, theirs: socket.socket, place: Place
) -> Life:
    def run() -> None:
        ours.close()
        serving.serve(session, theirs, place)

    life = lifetime.fork_kept(run)
    theirs.close()
    return life


def _made(own: Path) -> Path:
    folder = own / "tmp"
    folder.mkdir()
    return folder


def _too_long(limit: float) -> str:
    return f"The test did not end within {limit:g} s: an endless loop, or a wait for nothing?"
