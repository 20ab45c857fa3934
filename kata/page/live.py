"""Verdicts as they come: a thread that follows the saves, and tells who listens.

One warm server serves all pages, and runs one exercise at a time: the one saved last, and then those
that pages have been opened on.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.judge.outcome import Outcome
from kata.judge.reruns import Reruns
from kata.judge.saves import Saves
from kata.judge.server import Server


@dataclass(frozen=True)
class Shown:
    """What a page shows of one exercise: the outcome of its last run, and whether another is under way."""

    outcome: Outcome | None = None
    running: bool = False


@dataclass
class _State:
    """What pages ask for, under one lock."""

    shown: dict[str, Shown] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    fault: str | None = None


class Live:
    """The latest verdict on each exercise; ``told`` is called, in a thread of its own, after each change."""

    def __init__(self, root: Path, told: Callable[[str], None] = lambda _: None) -> None:
        self._tree = root / "exercises"
        self.told = told
        self._saves = Saves(root)
        self._reruns = Reruns()
        self._state, self._lock = _State(), threading.Lock()
        self._asked, self._ask = socket.socketpair()
        self._at: str | None = None
        self._changed: set[str] | None = None  # Since the latest verdict; at first unknown.
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._server: Server

    def start(self, server: Server) -> None:
        """Follow the saves from now on, and have this server run the tests."""
        self._server = server
        self._saves.start()
        self._thread.start()

    def stop(self) -> None:
        self._ask.close()
        self._thread.join()
        self._saves.stop()
        self._server.stop()

    def of(self, exercise: Exercise) -> Shown:
        """Return what is known of an exercise now."""
        with self._lock:
            return self._state.shown.get(exercise.id, Shown())

    @property
    def fault(self) -> str | None:
        """Return why there are no verdicts any more, if that is so."""
        return self._state.fault

    def want(self, exercise: Exercise, *, again: bool = False) -> None:
        """Run an exercise that has no verdict yet; with ``again``, in any case."""
        with self._lock:
            shown = self._state.shown.get(exercise.id)
            if again or shown is None:
                self._state.wanted.append(exercise.id)
                self._state.shown[exercise.id] = Shown(shown.outcome if shown else None, True)
                self._ask.send(b"a")

    def _follow(self) -> None:
        try:
            while self._step():
                pass
        except EOFError:
            with self._lock:
                self._state.fault = (
                    "The process that runs the tests has ended. Start again: kata page"
                )
            self.told("")

    def _step(self) -> bool:
        """Wait for whatever comes first, and do it; return False at the end."""
        due = self._reruns.due
        pause = None if due is None else max(0.0, due - time.monotonic())
        asked, saved = self._asked.fileno(), self._saves.pipe.fileno()
        outcomes = self._server.connection.fileno()
        ready, _, _ = select.select([asked, saved, outcomes], [], [], pause)
        if asked in ready and not self._asked.recv(1024):
            return False
        if saved in ready:
            self._saved(self._saves.take())
        elif outcomes in ready:
            self._show(self._server.receive())
        elif self._at is None:
            self._next()
        elif due is not None and due <= time.monotonic():
            self._run(self._at)
        return True

    def _saved(self, ids: set[str]) -> None:
        if self._changed is not None:
            self._changed |= ids
        known = [each for each in catalog.find_all(self._tree) if each.id in ids]
        known.sort(key=Exercise.changed_at)
        with self._lock:
            seen = [each.id for each in known[:-1] if each.id in self._state.shown]
            self._state.wanted += [id_ for id_ in seen if id_ not in self._state.wanted]
        if known and self._reruns.changed():
            self._run(known[-1].id)

    def _next(self) -> None:
        """Run what a page waits for, if there is any."""
        with self._lock:
            wanted = self._state.wanted.pop(0) if self._state.wanted else None
        if wanted is not None:
            self._reruns.forget()
            self._run(wanted)

    def _run(self, id_: str) -> None:
        """Run an exercise, in place of the one under way, which has its turn later."""
        with self._lock:
            others = [each for each in self._state.wanted if each != id_]
            interrupted = [self._at] if self._at not in (None, id_, *others) else []
            self._state.wanted = [*interrupted, *others]  # type: ignore[list-item]
        self._at = id_
        self._reruns.begin()
        self._saves.attend({id_})
        self._put(id_, running=True)
        try:
            self._server.run(id_, self._changed)
        except BrokenPipeError:
            raise EOFError from None  # As `receive` says it.

    def _show(self, outcome: Outcome) -> None:
        """Keep an outcome, unless a source has changed since its run began: then run again."""
        at = self._at
        exercises = [e for e in catalog.find_all(self._tree) if e.id in outcome.states]
        stale = {e.id for e in exercises if self._saves.has_changed(e, outcome.states[e.id])}
        if not self._reruns.end(changed=bool(stale)) and at is not None:
            if self._changed is not None:
                self._changed |= stale
            self._run(at)
            return
        if outcome.pytest_output is None:
            self._changed = set(stale)
        self._at = None
        failing = outcome.failure.exercise if outcome.failure else None
        for id_ in {at, failing, *outcome.solved_now} - {None}:
            assert id_ is not None
            self._put(id_, outcome, running=False)
        self._next()

    def _put(self, id_: str, outcome: Outcome | None = None, *, running: bool) -> None:
        with self._lock:
            before = self._state.shown.get(id_, Shown())
            self._state.shown[id_] = Shown(outcome or before.outcome, running)
        self.told(id_)
