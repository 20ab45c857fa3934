"""What happened, as plain data, and as a line of the journal."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Note:
    """Something that happened, to be written down: the time and the id come with that."""

    what: str
    exercise: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A line of the journal; ``at`` is the time of its clock, and of two lines the later in ``order`` is later."""

    id: str
    at: datetime
    what: str
    exercise: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    after: datetime | None = None

    @property
    def order(self) -> datetime:
        return max(self.at, self.after) if self.after else self.at


def entry_of(line: bytes) -> Entry | None:
    """Return the entry of a line, or None if it holds none."""
    try:
        data = json.loads(line)
        at = datetime.fromisoformat(data.pop("at"))
        name, what, exercise = data.pop("id"), data.pop("what"), data.pop("exercise", None)
        after = datetime.fromisoformat(data.pop("after")) if "after" in data else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    texts = isinstance(name, str) and isinstance(what, str) and isinstance(exercise, str | None)
    zones = at.tzinfo is not None and (after is None or after.tzinfo is not None)
    return Entry(name, at, what, exercise, data, after) if texts and zones else None


def made(note: Note, before: datetime) -> Entry:
    at = datetime.now().astimezone()
    after = before if at < before else None
    return Entry(secrets.token_hex(8), at, note.what, note.exercise, note.data, after)


def line_of(entry: Entry) -> bytes:
    first = {"at": entry.at.isoformat(), "id": entry.id, "what": entry.what}
    if entry.exercise:
        first["exercise"] = entry.exercise
    if entry.after:
        first["after"] = entry.after.isoformat()
    return (
        json.dumps({**first, **entry.data}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    )
