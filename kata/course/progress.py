"""Where the learner stands: derived from the journal, and kept in ``.kata/progress.json`` for speed.

The file also has what the previous focused run saw, which concerns this machine alone. It is replaced as
a whole; whatever the journal has beyond it counts. One that no journal belongs to, such as that of an
earlier version, goes into the journal with the first save.

What cannot be read is left alone, and nothing is saved; what is damaged is put aside. ``message`` says both.
"""

import copy
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kata.course import journal, locking, reading, replacing, snapshot
from kata.course.entries import Note
from kata.course.journal import Mark
from kata.course.standing import Progress, differences, follow

__all__ = ["Progress", "file_in", "load", "merge", "note", "recover", "settle", "update"]

# A large file is not progress, and should not fill the memory.
_LIMIT = 16_000_000

# How long, in seconds, a process waits while others save; each of them takes some milliseconds.
_PATIENCE = 3.0


@dataclass(frozen=True)
class _Found:
    """What the files hold: where the learner stands, and what of that the journal has.

    ``mark`` is where the journal was read up to, None without a journal.
    """

    state: Progress
    written: Progress
    mark: Mark | None


class _Damaged(Exception):
    """A file can be read, and is not what its name says."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.file = file


class _Unreadable(Exception):
    """Something stands there, and it is unknown what it holds."""


def file_in(root: Path) -> Path:
    return root / ".kata" / "progress.json"


def load(root: Path) -> Progress:
    """Read the progress and touch nothing; without a file, or with a bad one, it starts from zero."""
    try:
        return _read(root).state
    except _Unreadable as reason:
        return Progress(message=str(reason), unreadable=True)
    except _Damaged as damaged:
        name = _name(root, damaged.file)
        said = f"{name} is damaged: progress starts from zero. To put it aside: kata list"
        return Progress(message=said)


def recover(root: Path) -> Progress:
    """Read the progress; put a damaged file aside under a name of its own, and say so."""
    return update(root, lambda _: None)


def update(
    root: Path, change: Callable[[Progress], None], happened: Sequence[Note] = ()
) -> Progress:
    """Read the progress, change it and save it, while no other process does; return what it is then.

    ``happened`` goes into the journal as it is, and takes effect before ``change``, which may be called
    twice: on what is found at first, and again when nobody else writes. The files are left alone if that
    changes nothing, or if they cannot be read.
    """
    state = load(root)
    before = copy.deepcopy(state)
    _change(state, change, happened)
    if state.unreadable or (state.message is None and state == before and not happened):
        return state
    try:
        with locking.held(file_in(root).with_name("progress.lock"), _PATIENCE):
            found, message = _recovered(root)
            state = copy.deepcopy(found.state)
            _change(state, change, happened)
            _save(root, found, state, happened)
            state.message = message
    except _Unreadable as reason:
        return Progress(message=str(reason), unreadable=True)
    except OSError as error:
        said = f"Progress could not be saved in .kata/progress.json ({error.strerror}). To see why: kata doctor"
        state.message = f"{state.message} {said}" if state.message else said
    return state


def note(root: Path, *notes: Note) -> str | None:
    """Write down what happened; return a sentence for the learner if that could not be done."""
    return update(root, lambda _: None, notes).message


def settle(root: Path) -> str | None:
    """Write into the journal what only the file knows, such as that of an earlier version.

    Returns:
        A sentence for the learner, if something had to be put aside or could not be saved.
    """
    if os.path.lexists(journal.file_in(root)) or not os.path.lexists(file_in(root)):
        return None
    try:
        return _settled(root, lambda: 0)[1]
    except (OSError, ValueError) as error:
        return f"What is in .kata/progress.json could not be taken over: {error}"


def merge(root: Path, other: Path) -> tuple[int, str | None]:
    """Add what another journal has and this one lacks; return how much, and a sentence as `settle` does.

    Raises:
        OSError: one of the two cannot be read, or this one not be written.
        ValueError: the other file is no journal, or it is unknown what stands here; the message says it.
    """
    return _settled(root, lambda: journal.merge(root, other))


def _settled(root: Path, then: Callable[[], int]) -> tuple[int, str | None]:
    with locking.held(file_in(root).with_name("progress.lock"), _PATIENCE):
        try:
            found, message = _recovered(root)
        except _Unreadable as reason:
            raise ValueError(str(reason)) from None
        _save(root, found, found.state, ())
        return then(), message


def _change(state: Progress, change: Callable[[Progress], None], happened: Sequence[Note]) -> None:
    for each in happened:
        follow(state, each)
    change(state)


def _save(root: Path, found: _Found, state: Progress, happened: Sequence[Note]) -> None:
    """Write to the journal what has changed, and then what the file keeps of it."""
    imported = [
        replace(each, data={**each.data, "imported": True})
        for each in differences(found.written, found.state)
    ]
    expected = copy.deepcopy(found.state)
    _change(expected, lambda _: None, happened)
    notes = [*imported, *happened, *differences(expected, state)]
    mark = journal.append(root, notes, found.mark) if notes else found.mark
    if notes or state != found.state:
        file = file_in(root).resolve()  # A link to a file elsewhere stays one.
        replacing.clear(file)
        # The journal is on the disk, and what this file loses there is derived from it again.
        replacing.replace(file, snapshot.written(state, mark), durable=mark is None)


def _recovered(root: Path) -> tuple[_Found, str | None]:
    """Read the progress, with the lock in hand; put damaged files aside, and say so."""
    said: list[str] = []
    while True:
        try:
            return _read(root), " ".join(said) or None
        except _Damaged as damaged:
            file, number = damaged.file, 1
        while os.path.lexists(aside := file.with_name(f"{file.stem}.broken-{number}{file.suffix}")):
            number += 1
        file.rename(aside)
        what = f"{_name(root, file)} was damaged and is now {aside.name}"
        if file != file_in(root) and file_in(root).exists():
            said.append(f"{what}: progress goes on from {_name(root, file_in(root))}.")
        else:
            said.append(
                f"{what}: progress starts from zero. `pytest exercises` counts again what is solved."
            )


def _read(root: Path) -> _Found:
    """Read the file, and what the journal has beyond it.

    Raises:
        _Unreadable: one of the two cannot be read.
        _Damaged: what one of them holds is no progress, and the other does not make up for it.
    """
    kept = _content(root, file_in(root))
    try:
        known, mark = snapshot.read(kept) if kept is not None else (Progress(), None)
        damaged = False
    except ValueError:
        known, mark, damaged = Progress(), None, True
    if not os.path.lexists(journal.file_in(root)):
        if damaged:
            raise _Damaged(file_in(root))
        return _Found(known, Progress(), None)
    try:
        lines = journal.read(root, mark)
    except OSError as error:
        raise _unreadable(root, journal.file_in(root), error) from None
    if lines.foreign:
        raise _Damaged(journal.file_in(root))
    written = Progress() if lines.whole else known
    for entry in lines.entries:
        follow(written, entry)
    state = copy.deepcopy(written)
    if kept is not None and not damaged and mark is None:
        _take_over(state, known)
    state.seen = known.seen
    return _Found(state, written, lines.mark or journal.NOWHERE)


def _take_over(state: Progress, known: Progress) -> None:
    """Add what a file knows to which no journal belonged."""
    state.solved |= known.solved
    state.mastered |= known.mastered
    state.failing.update(known.failing)
    state.reached.update(known.reached)
    state.hints.update(known.hints)
    state.current = known.current or state.current


def _content(root: Path, file: Path) -> bytes | None:
    try:
        content = reading.content(file, _LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(root, file, error) from None
    return content if len(content) <= _LIMIT else b""


def _unreadable(root: Path, file: Path, error: OSError) -> _Unreadable:
    return _Unreadable(
        f"{_name(root, file)} cannot be read ({error.strerror}), so progress is unknown and nothing is saved. "
        "To see what stands there: ls -la .kata"
    )


def _name(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()
