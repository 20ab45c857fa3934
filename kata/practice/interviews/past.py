"""What was practiced before, as far as it says what to practice next."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kata.course import journal
from kata.course.entries import Entry
from kata.practice import terms
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION, Rank

# Of a round of an interview, so much of the points has to be reached for it to be strong.
_STRONG = 0.7

_WEAK, _NEW, _KNOWN = 0, 1, 2


def entries(root: Path) -> list[Entry]:
    """Return what the journal has; nothing if it cannot be read, which whoever reads the progress says."""
    try:
        return journal.entries(root)
    except OSError:
        return []


def weak_first(happened: Iterable[Entry]) -> Rank:
    """Return an order in which comes first what is weak, then what is new, then what is longest ago.

    ``happened`` has the entries of the journal, in order; of each kind and exercise, the last one counts.
    """
    known: dict[tuple[str, str], tuple[float, ...]] = {}
    hinted: set[str] = set()
    for entry in happened:
        day = float(entry.at.toordinal())
        for kind, id_, strong in _shown(entry, hinted):
            known[kind, id_] = (_KNOWN if strong else _WEAK, day)
    return lambda kind, id_: known.get((kind, id_), (_NEW,))


def _shown(entry: Entry, hinted: set[str]) -> list[tuple[str, str, bool]]:
    """Return what an entry shows: of which kind, on which exercise, and whether that is strong."""
    id_, data = entry.exercise, entry.data
    if entry.what == terms.INTERVIEWED:
        return [found for each in _listed(data.get("rounds")) if (found := _of_round(each))]
    if id_ is None:
        return []
    match entry.what:
        case "hint":
            hinted.add(id_)
        case "again":
            hinted.discard(id_)
        case "solved":
            return [(CODE, id_, id_ not in hinted)]
        case terms.REHEARSED:
            return [(QUESTION, id_, data.get("rating") in ("good", "easy"))]
        case terms.HUNTED:
            return [(HUNT, id_, data.get("found") is True)]
    return []


def _of_round(data: Mapping[str, Any]) -> tuple[str, str, bool] | None:
    """Return what an exercise in an interview shows; its other rounds have entries of their own."""
    id_, points, of = data.get("exercise"), data.get("points"), data.get("of")
    numbers = isinstance(points, int | float) and isinstance(of, int | float) and of > 0
    if data.get("kind") != CODE or not isinstance(id_, str) or not numbers:
        return None
    assert isinstance(points, int | float)
    assert isinstance(of, int | float)
    return CODE, id_, points >= _STRONG * of


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
