"""What happened: ``.kata/journal.jsonl``, to which lines are only ever added.

A line is one JSON object: ``at``, the time with its zone; ``id``, which no other line has; ``what``
happened; the ``exercise`` that it concerns, if it does; and what else belongs to it. Where learners stand
is derived from these lines: see `kata.course.progress`.

Lines of another machine may follow in any order, and twice. A line that is not whole is what an
interrupted write has left, and counts for nothing. A clock may have been wrong: a line that was written
when it read less than before has ``after``, the time after which it stands all the same.
"""

import contextlib
import os
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from kata.course import reading
from kata.course.entries import Entry, Note, entry_of, line_of, made

# In bytes. Ten years of daily practice are some 20 MB.
_LIMIT = 256_000_000

# How far back the last line is looked for, in bytes.
_LINE = 65_536

# No clock that is right reads less than this.
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Mark:
    """A place in the journal up to which it was read: where the last line stands, what it was, and its order."""

    start: int
    end: int
    digest: int
    order: datetime


# A place that is nowhere: from here, the journal is read whole.
NOWHERE = Mark(0, 0, 0, _FIRST)


@dataclass(frozen=True)
class Lines:
    """Entries in the order in which they happened; all there are, or those that came after a mark.

    ``mark`` is the place after them. ``foreign`` says that the file holds something, and no entry.
    """

    entries: list[Entry]
    mark: Mark | None
    whole: bool
    foreign: bool = False


def file_in(root: Path) -> Path:
    return root / ".kata" / "journal.jsonl"


def read(root: Path, since: Mark | None = None) -> Lines:
    """Read the journal: what was added after ``since`` where that can be told, else all of it.

    Raises:
        FileNotFoundError: there is none.
        OSError: it cannot be read.
    """
    content = reading.content(file_in(root), _LIMIT)
    if since is not None and _fits(content, since):
        added, mark = _parse(content, since)
        if all(a <= b for a, b in pairwise([since.order, *(each.order for each in added)])):
            return Lines(added, mark, whole=False)
    found, mark = _parse(content, None)
    first: dict[str, Entry] = {}
    for each in found:
        first.setdefault(each.id, each)
    ordered = sorted(first.values(), key=lambda each: each.order)
    if mark is not None and ordered:
        mark = replace(mark, order=ordered[-1].order)
    return Lines(ordered, mark, whole=True, foreign=not found and bool(content.strip()))


def entries(root: Path, now: datetime | None = None) -> list[Entry]:
    """Return all that happened, in order, each with a time that can be: at most ``now``.

    The time of a wrong clock, of the future or of long ago, becomes that of the entry before it.

    Raises:
        OSError: the journal cannot be read. A missing one is empty.
    """
    now = now or datetime.now().astimezone()
    try:
        found = read(root).entries
    except FileNotFoundError:
        return []
    plausible = [_FIRST <= each.at <= now + _SKEW for each in found]
    last = next((e.at for e, right in zip(found, plausible, strict=True) if right), now)
    result = []
    for each, right in zip(found, plausible, strict=True):
        last = each.at if right else last
        result.append(each if right else replace(each, at=last))
    return result


def append(root: Path, notes: Sequence[Note], since: Mark | None = None) -> Mark:
    """Add notes to the journal, on the disk when this returns, and return the place after them.

    The caller holds the lock, and has read up to ``since``. Where others wrote all the same, as is possible
    without locks, the place is `NOWHERE`. What an interrupted write left gets a line of its own.

    Raises:
        OSError: they could not be written; the journal is as it was, if the system allows that much.
    """
    new: list[Entry] = []

    def lines(tail: bytes) -> list[bytes]:
        last = next(filter(None, map(entry_of, reversed(tail.splitlines()))), None)
        order = last.order if last else _FIRST
        new.extend(made(note, order) for note in notes)
        return [line_of(each) for each in new]

    before, start, end, digest = _add(file_in(root), lines)
    if before > (since.end if since else 0):
        return NOWHERE
    return Mark(start, end, digest, max(each.order for each in new))


def merge(root: Path, other: Path) -> int:
    """Add the lines of another journal that this one lacks, and return how many; the caller holds the lock.

    Raises:
        OSError: one of the two cannot be read, or this one not be written.
        ValueError: the other file is no journal.
    """
    theirs, _ = _parse(reading.content(other, _LIMIT), None)
    if not theirs:
        raise ValueError(f"{other} holds no line of a journal.")
    try:
        known = {each.id for each in read(root).entries}
    except FileNotFoundError:
        known = set()
    new = [each for each in theirs if each.id not in known]
    if new:
        _add(file_in(root), lambda _: [line_of(each) for each in new])
    return len(new)


def _add(file: Path, lines: Callable[[bytes], Sequence[bytes]]) -> tuple[int, int, int, int]:
    """Add lines, made from those at the end of the file.

    Returns:
        How long the file was before, where the last line begins and ends, and its digest.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(file, flags, 0o644), "r+b", buffering=0) as stream:
        size = stream.seek(0, os.SEEK_END)
        start = stream.seek(max(0, size - _LINE))
        tail = stream.read()
        new = lines(tail[tail.find(b"\n") + 1 :] if start else tail)
        torn = bool(tail) and not tail.endswith(b"\n")
        content = b"\n" * torn + b"".join(new)
        try:
            written = 0
            while written < len(content):
                written += stream.write(content[written:])
            os.fsync(stream.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                stream.truncate(size)
            raise
    end = size + len(content)
    return size, end - len(new[-1]), end, zlib.crc32(new[-1])


def _fits(content: bytes, mark: Mark) -> bool:
    """Say whether the last line that was read still stands where it stood."""
    return (
        0 <= mark.start < mark.end <= len(content)
        and zlib.crc32(content[mark.start : mark.end]) == mark.digest
    )


def _parse(content: bytes, since: Mark | None) -> tuple[list[Entry], Mark | None]:
    """Return the entries after ``since`` as they stand there, and the place after the last whole line."""
    found: list[Entry] = []
    mark = since
    start = since.end if since else 0
    while start < len(content):
        end = content.find(b"\n", start) + 1
        line = content[start : end or len(content)]
        if (entry := entry_of(line)) is not None:
            found.append(entry)
            if end:
                mark = Mark(start, end, zlib.crc32(line), entry.order)
        start = end or len(content)
    return found, mark
