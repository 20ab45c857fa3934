"""What ``.kata/progress.json`` holds: a standing, and the place in the journal that it belongs to."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kata.course.journal import Mark
from kata.course.standing import Progress


def read(content: bytes) -> tuple[Progress, Mark | None]:
    """Read a standing; check the types of what it holds, so that no reader has to.

    Raises:
        ValueError: it is none.
    """
    try:
        data: dict[str, Any] = json.loads(content)
        current = data.get("current")
        state = Progress(
            solved=_names(data["solved"]),
            mastered=_names(data.get("mastered", [])),
            again=_names(data.get("again", [])),
            seen={str(name): str(state) for name, state in data["seen"].items()},
            failing={str(name): int(step) for name, step in data.get("failing", {}).items()},
            reached={
                str(name): (int(passed), int(total))
                for name, (passed, total) in data.get("reached", {}).items()
            },
            hints={str(name): int(count) for name, count in data.get("hints", {}).items()},
            current=str(current) if current else None,
        )
        return state, _mark(data["journal"]) if "journal" in data else None
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError("This is no progress.") from error


def written(state: Progress, mark: Mark | None) -> bytes:
    """Return the content of the file; without a ``mark``, no journal belongs to it."""
    place = {"start": mark.start, "end": mark.end, "digest": mark.digest} if mark else {}
    data = {
        "solved": sorted(state.solved),
        "mastered": sorted(state.mastered),
        "again": sorted(state.again),
        "current": state.current,
        "failing": state.failing,
        "reached": state.reached,
        "hints": state.hints,
        "seen": state.seen,
        **({"journal": {**place, "order": mark.order.isoformat()}} if mark else {}),
    }
    return (json.dumps(data, indent=1) + "\n").encode()


def _mark(data: Mapping[str, Any]) -> Mark:
    order = datetime.fromisoformat(data["order"])
    if order.tzinfo is None:
        raise ValueError("A time without a zone.")
    return Mark(int(data["start"]), int(data["end"]), int(data["digest"]), order)


def _names(value: object) -> set[str]:
    if not isinstance(value, list):
        raise TypeError("A text would be taken for its letters.")
    return {str(name) for name in value}
