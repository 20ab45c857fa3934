"""A warm server for focused runs: the next one is always prepared.

It has imported pytest, Flask and what the exercises use, and keeps one run parked in front of its first
test. It takes orders and gives outcomes through a connection. Where processes can be forked it is a
process without threads, and its runs are forks of it; elsewhere it is a thread, and its runs are
interpreters that have been started ahead.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kata.judge import environment, lifetime, runs, warming
from kata.judge.outcome import Outcome
from kata.judge.protocol import Channel, Closed
from kata.judge.runs import Order, Run


@dataclass
class Server:
    """The learner's side of the server."""

    connection: Channel
    _join: Callable[[], object]

    def run(self, at: str | None, changed: set[str] | None) -> None:
        """Ask for a run of the exercise with the id ``at``, in place of the one under way, if any.

        Without an id, the run finds the exercise at hand itself. ``changed`` has the ids of the exercises
        with saves since the latest verdict, None if that is not known: then the run looks at all files.
        """
        self.connection.send([at, None if changed is None else sorted(changed)])

    def receive(self) -> Outcome:
        """Return the outcome of the latest run; call it when the connection is readable.

        Raises:
            EOFError: the server has ended.
        """
        try:
            return Outcome.from_json(self.connection.receive())
        except Closed:
            raise EOFError from None

    def stop(self) -> None:
        """End the server, and with it the run under way."""
        self.connection.close()
        self._join()


def start(root: Path, arguments: list[str]) -> Server:
    """Start the server; ``arguments`` are those of pytest for a focused run."""
    ours, theirs = socket.socketpair()
    if hasattr(os, "fork") and environment.is_utf8():
        pid = lifetime.fork()
        if pid == 0:
            ours.close()
            _serve_forked(root, arguments, theirs)
        theirs.close()
        return Server(Channel(ours), lambda: _reap(pid))
    warm = _Warm(root, arguments, Channel(theirs), runs.start)
    thread = threading.Thread(target=warm.serve, daemon=True)
    thread.start()
    return Server(Channel(ours), thread.join)


def _serve_forked(root: Path, arguments: list[str], end: socket.socket) -> None:
    status, leave, channel = 1, os._exit, Channel(end)
    try:
        lifetime.end_with_parent()
        os.setpgid(0, 0)  # Ctrl-C in the terminal is for the watcher, which ends this process.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _Warm(root, arguments, channel, runs.fork).serve()
        status = 0
    except Exception:  # The watcher ends with this process, and its last screen says why.
        channel.send(Outcome(pytest_output=traceback.format_exc()).to_json())
    finally:
        leave(status)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


class _Warm:
    """The server's side: at most one run under way, and one parked."""

    def __init__(
        self,
        root: Path,
        arguments: list[str],
        channel: Channel,
        new: Callable[[Path, tuple[str, ...]], Run],
    ) -> None:
        self._root = root
        self._arguments = arguments
        self._channel = channel
        self._new = new
        self._warmed: set[str] = set()
        self._under_way: Run | None = None
        self._parked: Run | None = None
        self._order: Order | None = None

    def serve(self) -> None:
        """Run what is asked for until the connection closes."""
        try:
            while True:
                self._serve_one()
        except Closed:
            for run in (self._under_way, self._parked):
                if run is not None:
                    run.cancel()

    def _serve_one(self) -> None:
        sources = [each for each in (self._channel, self._under_way, self._parked) if each]
        ready, _, _ = select.select(sources, [], [])
        if self._channel in ready:
            at, changed = self._latest()
            if self._under_way is not None:
                self._under_way.cancel()
                self._under_way = None
            known = None if changed is None else frozenset(changed)
            self._order = Order(tuple(self._arguments), at, known)
            self._start()
        elif self._parked in ready:  # It has ended before it was let go.
            self._drop_parked()
        elif self._under_way is not None:
            outcome = self._under_way.result()
            if outcome is not None:
                self._channel.send(outcome.to_json())
            self._under_way.close()
            self._under_way = None
            if outcome is None:
                self._start()
            else:
                self._prepare(outcome)

    def _latest(self) -> tuple[str | None, list[str] | None]:
        """Receive an order; of those that came meanwhile, as from a key held down, only the last counts."""
        while True:
            at, changed = self._channel.receive()
            if not select.select([self._channel], [], [], 0)[0]:
                return at, changed

    def _start(self) -> None:
        """Let the parked run go if it is one for the order, or else a new one."""
        assert self._order is not None
        if self._parked is not None and self._parked.arguments != self._order.arguments:
            self._drop_parked()
        run = self._parked or self._new(self._root, self._order.arguments)
        self._parked = None
        run.go(self._order)
        self._under_way = run

    def _prepare(self, outcome: Outcome) -> None:
        """Import what the next runs need, and park the next one: the verdict is shown, nobody waits."""
        current = outcome.failure.exercise if outcome.failure else None
        if current is not None and current not in self._warmed and self._new is runs.fork:
            self._warmed |= warming.warm_up(self._root, current, self._arguments, not self._warmed)
            gc.collect()
            gc.freeze()
        assert self._order is not None
        if outcome.pytest_output is None:
            self._drop_parked()
            expected = replace(self._order, at=current or self._order.at)
            self._parked = self._new(self._root, expected.arguments)

    def _drop_parked(self) -> None:
        if self._parked is not None:
            self._parked.cancel()
            self._parked = None
