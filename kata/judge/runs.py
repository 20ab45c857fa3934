"""A focused run in a process of its own, and what it tells the warm server.

A run may be parked: it has read its settings and collected the tests, its exercise has a process, and it
waits in front of the first test until it is let go. Then it looks again at what has changed meanwhile;
if another exercise is at hand now, it says that it is stale, and a new run takes its place.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol

import pytest

from kata.judge import lifetime
from kata.judge.focus import Focus
from kata.judge.isolation import Isolation
from kata.judge.outcome import Outcome
from kata.judge.protocol import Breach, Channel, Closed, Late
from kata.judge.started import inherited, shared, taken, variables

# How long, in seconds, a run that is no longer wanted may take to end what it started.
_GRACE = 2.0

_NO_WORD = "The run ended before it had a verdict, and did not say why. To run again: r"

STALE = "stale"
"""What a run says, in place of an outcome, when another exercise is at hand than it was parked for."""


@dataclass(frozen=True)
class Order:
    """What to run: pytest's arguments, and the exercises known to have changed (None: not known).

    ``at`` is the id of the exercise at hand, if that is for the run to say.
    """

    settings: tuple[str, ...]
    at: str | None = None
    changed: frozenset[str] | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        return (*self.settings, "--at", self.at) if self.at else self.settings


class _Child(Protocol):
    """A process that this one has started."""

    pid: int

    def interrupt(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self) -> object: ...


@dataclass
class Run:
    """A run, parked or under way."""

    child: _Child
    channel: Channel
    output: IO[str]
    arguments: tuple[str, ...]

    def fileno(self) -> int:
        return self.channel.fileno()

    def go(self, order: Order) -> None:
        """Let the run go."""
        changed = None if order.changed is None else sorted(order.changed)
        with contextlib.suppress(Closed, Late):  # Its end is noticed when it is read from.
            self.channel.send({"changed": changed}, time.monotonic() + _GRACE)

    def result(self) -> Outcome | None:
        """Return what the run found, once it can be read from; None if it says that it is stale."""
        try:
            message = self.channel.receive(time.monotonic() + _GRACE)
            return None if message == STALE else Outcome.from_json(message)
        except (Closed, Late, Breach):
            self.output.seek(0)
            words = self.output.read()[-4000:] or _NO_WORD
            return Outcome(pytest_output=words)

    def cancel(self) -> None:
        """End the run and what it started: pytest does that when it is interrupted."""
        self.child.interrupt()
        with contextlib.suppress(Closed, Late, Breach):
            while True:
                self.channel.receive(time.monotonic() + _GRACE)
        self.child.kill()
        self.close()

    def close(self) -> None:
        """Wait for the end of a run that has told what it found."""
        self.channel.close()
        self.output.close()
        self.child.wait()


@dataclass
class _Forked:
    pid: int

    def interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def wait(self) -> object:
        return os.waitpid(self.pid, 0)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class _Started(subprocess.Popen[bytes]):
    def interrupt(self) -> None:
        """Leave it to `kill`: a program without a console of its own cannot be interrupted."""
        self.kill()


def fork(root: Path, arguments: tuple[str, ...]) -> Run:
    """Fork a run, which parks at once."""
    ours, theirs = socket.socketpair()
    output = tempfile.TemporaryFile("w+")  # noqa: SIM115  It lives as long as the run.
    pid = lifetime.fork()
    if pid == 0:
        ours.close()
        lifetime.end_with_parent()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        _park(root, arguments, theirs)
    theirs.close()
    return Run(_Forked(pid), Channel(ours), output, arguments)


def start(root: Path, arguments: tuple[str, ...]) -> Run:
    """Start a run as an interpreter of its own, which parks at once."""
    ours, theirs = socket.socketpair()
    output = tempfile.TemporaryFile("w+")  # noqa: SIM115  It lives as long as the run.
    child = _Started(
        [sys.executable, "-X", "utf8", "-m", "kata.judge.runs"],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        env=variables(),
        cwd=root,
        pass_fds=inherited(theirs),
    )
    setup = {"root": str(root), "arguments": arguments, "end": shared(theirs, child.pid)}
    assert child.stdin is not None
    with child.stdin as stream:
        stream.write(json.dumps(setup).encode())
    theirs.close()
    return Run(child, Channel(ours), output, arguments)


def main() -> None:
    """Make the run that the standard input describes."""
    lifetime.end_with_parent()
    setup: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    _park(Path(setup["root"]), tuple(setup["arguments"]), taken(setup["end"]))


def _park(root: Path, arguments: tuple[str, ...], end: socket.socket) -> NoReturn:
    leave: Callable[[int], NoReturn] = os._exit
    try:
        os.chdir(root)
        pytest.main(list(arguments), plugins=[_Parked(Channel(end))])
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        leave(0)


class _Parked:
    """The plugin that parks a run in front of its first test, and hands its outcome on."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        manager = session.config.pluginmanager
        isolation, focus = manager.getplugin("kata-isolation"), manager.getplugin("kata-focus")
        if isinstance(isolation, Isolation) and session.items:
            with contextlib.suppress(OSError):  # Told when the test is due.
                isolation.prepare(session.items[0])
        if isinstance(focus, Focus):
            changed = self._channel.receive()["changed"]
            if not focus.is_still_right(None if changed is None else frozenset(changed)):
                self._channel.send(STALE)
                raise KeyboardInterrupt
        return None

    def pytest_kata_outcome(self, outcome: Outcome) -> bool:
        self._channel.send(outcome.to_json())
        return True


if __name__ == "__main__":
    main()
