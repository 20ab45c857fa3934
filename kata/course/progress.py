"""What is solved, and what the previous focused run saw: ``.kata/progress.json``.

The file is replaced as a whole, so an interrupted write leaves the old one. One that cannot be read is
left alone, and nothing is saved; one that is damaged is put aside. ``message`` says both.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kata.course import locking, reading, replacing
from kata.course.exercise import Exercise

# A large file is not progress, and should not fill the memory.
_LIMIT = 16_000_000

# How long, in seconds, a process waits while others save; each of them takes some milliseconds.
_PATIENCE = 3.0


@dataclass
class Progress:
    """What is known of the learner's way.

    ``solved`` and ``mastered`` have ids of exercises (one without further steps is mastered as soon as it
    is solved, and need not be in the second), ``seen`` the state of each exercise's files when last looked at,
    ``failing`` the step of each exercise that failed last, ``reached`` how many of how many tests passed
    before that, and ``hints`` how many hints were shown for a step, by ``id/step``. ``current`` is the
    exercise of the last focused run.

    ``message`` is a sentence for the learner if the file could not be read or saved. Of an ``unreadable``
    one nothing is known, and nothing may take its place.
    """

    solved: set[str] = field(default_factory=set)
    mastered: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    reached: dict[str, tuple[int, int]] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    current: str | None = None
    message: str | None = None
    unreadable: bool = False

    def stars(self, exercises: Iterable[Exercise]) -> set[str]:
        """Return the ids of the exercises that are mastered."""
        return {
            exercise.id
            for exercise in exercises
            if exercise.id in self.solved
            and (exercise.id in self.mastered or not exercise.goes_further)
        }


class _Damaged(Exception):
    """The file can be read, and is no progress."""


def file_in(root: Path) -> Path:
    return root / ".kata" / "progress.json"


def load(root: Path) -> Progress:
    """Read the progress and touch nothing; without a file, or with a bad one, it starts from zero."""
    try:
        return _read(root)
    except OSError as error:
        return _unreadable(root, error)
    except _Damaged:
        said = f"{_name(root)} is damaged: progress starts from zero. To put it aside: kata list"
        return Progress(message=said)


def recover(root: Path) -> Progress:
    """Read the progress; put a damaged file aside under a name of its own, and say so."""
    return update(root, lambda _: None)


def update(root: Path, change: Callable[[Progress], None]) -> Progress:
    """Read the progress, change it and save it, while no other process does; return what it is then.

    ``change`` may be called twice: on what the file holds at first, and again when nobody else
    writes it. The file is left alone if that changes nothing, or if it cannot be read.
    """
    state = load(root)
    before = _text(state)
    change(state)
    if state.unreadable or (state.message is None and _text(state) == before):
        return state
    try:
        with locking.held(file_in(root).with_name("progress.lock"), _PATIENCE):
            state = _recovered(root)
            before = _text(state)
            change(state)
            if not state.unreadable and _text(state) != before:
                file = file_in(root).resolve()  # A link to a file elsewhere stays one.
                replacing.clear(file)
                replacing.replace(file, _text(state).encode())
    except OSError as error:
        said = f"Progress could not be saved in {_name(root)} ({error.strerror}). To see why: kata doctor"
        state.message = f"{state.message} {said}" if state.message else said
    return state


def _recovered(root: Path) -> Progress:
    """Read the progress, with the lock in hand; a damaged file is put aside."""
    file = file_in(root)
    try:
        return _read(root)
    except OSError as error:
        return _unreadable(root, error)
    except _Damaged:
        number = 1
        while os.path.lexists(aside := file.with_name(f"progress.broken-{number}.json")):
            number += 1
        file.rename(aside)
        return Progress(
            message=f"{_name(root)} was damaged and is now {aside.name}: progress starts from zero. "
            "`pytest exercises` counts again what is solved."
        )


def _read(root: Path) -> Progress:
    """Read the file; check the types of what it holds, so that no reader has to.

    Raises:
        OSError: it cannot be read. A missing one is an empty progress.
        _Damaged: what it holds is no progress.
    """
    try:
        text = reading.content(file_in(root), _LIMIT + 1)
    except FileNotFoundError:
        return Progress()
    if len(text) > _LIMIT:
        raise _Damaged
    try:
        data: dict[str, Any] = json.loads(text)
        current = data.get("current")
        return Progress(
            solved={str(name) for name in _list(data["solved"])},
            mastered={str(name) for name in _list(data.get("mastered", []))},
            seen={str(name): str(state) for name, state in data["seen"].items()},
            failing={str(name): int(step) for name, step in data.get("failing", {}).items()},
            reached={
                str(name): (int(passed), int(total))
                for name, (passed, total) in data.get("reached", {}).items()
            },
            hints={str(name): int(count) for name, count in data.get("hints", {}).items()},
            current=str(current) if current else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise _Damaged from None


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("A text would be taken for its letters.")
    return value


def _text(state: Progress) -> str:
    data = {
        "solved": sorted(state.solved),
        "mastered": sorted(state.mastered),
        "current": state.current,
        "failing": state.failing,
        "reached": state.reached,
        "hints": state.hints,
        "seen": state.seen,
    }
    return json.dumps(data, indent=1) + "\n"


def _unreadable(root: Path, error: OSError) -> Progress:
    said = (
        f"{_name(root)} cannot be read ({error.strerror}), so progress is unknown and nothing is saved. "
        "To see what stands there: ls -la .kata"
    )
    return Progress(message=said, unreadable=True)


def _name(root: Path) -> str:
    return file_in(root).relative_to(root).as_posix()
