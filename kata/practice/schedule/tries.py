"""How an exercise was solved, time after time: what the journal says of each try.

A try begins with the first thing that happened to an exercise, and again whenever it was put back to the
stub; it ends when the core is solved. What happens to an exercise between, such as its further steps,
belongs to no try. What another version of the program had written down is known without its time, and is
no try, either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kata.course.entries import Entry
from kata.course.standing import AGAIN, AT, HINT, MASTERED, RUN, SOLVED, UNSOLVED
from kata.practice.terms import RATINGS

RATED = "rated"

# Whoever says and does nothing for longer has a break: that time counts for nothing.
_BREAK = timedelta(minutes=10)

# What is solved sooner after it was put back was brought back: `kata undo`, or a copy.
_BROUGHT_BACK = timedelta(minutes=1)

_AT_WORK = {RUN, HINT, AT, SOLVED, UNSOLVED, MASTERED, AGAIN}


@dataclass(frozen=True)
class Try:
    """One way from the stub to the solved exercise; ``solved`` is None while it is under way.

    ``again`` says that the exercise had been solved before. ``seconds`` were spent on it, as far as the
    journal tells; ``hints`` were shown, and of one step the first ``deepest``; ``runs`` failed. ``rated`` is
    the learner's own word on it.
    """

    exercise: str
    again: bool
    began: datetime
    seconds: int = 0
    hints: int = 0
    deepest: int = 0
    runs: int = 0
    solved: datetime | None = None
    rated: str | None = None

    @property
    def counts(self) -> bool:
        """Say whether it was solved by somebody who did it."""
        if self.solved is None:
            return False
        return not self.again or self.solved - self.began >= _BROUGHT_BACK


def spells(entries: Iterable[Entry]) -> Iterator[tuple[Entry, float]]:
    """Yield each entry with the seconds that were spent on its exercise since the one before.

    Those are known where the entry before is about the same exercise, and not longer ago than a break.
    """
    before: Entry | None = None
    for each in entries:
        seconds = 0.0
        if before is not None and _go_together(before, each):
            gap = each.at - before.at
            seconds = gap.total_seconds() if timedelta() < gap <= _BREAK else 0.0
        yield each, seconds
        before = each


def tries(entries: Iterable[Entry]) -> list[Try]:
    """Return all tries, in the order in which they began."""
    found: list[Try] = []
    latest: dict[str, int] = {}
    shown: dict[str, dict[str, int]] = {}
    begun: set[str] = set()
    for each, seconds in spells(entries):
        id_ = each.exercise
        if id_ is None or each.what not in _AT_WORK | {RATED}:
            continue
        if each.data.get("imported"):
            if each.what == SOLVED:
                begun.add(id_)
        elif each.what == AGAIN or (id_ not in begun and each.what != RATED):
            begun.add(id_)
            latest[id_], shown[id_] = len(found), {}
            found.append(_with(Try(id_, each.what == AGAIN, each.at), each, 0, shown[id_]))
        elif id_ in latest:
            at = latest[id_]
            found[at] = _with(found[at], each, seconds, shown[id_])
    return found


def _go_together(before: Entry, after: Entry) -> bool:
    return (
        before.exercise == after.exercise
        and before.what in _AT_WORK
        and after.what in _AT_WORK
        and not after.data.get("imported")
    )


def _with(known: Try, entry: Entry, seconds: float, shown: dict[str, int]) -> Try:
    """Return a try after something more has happened."""
    if entry.what == RATED:
        rating = entry.data.get("rating")
        right = entry.data.get("card") == "solve" and rating in RATINGS and known.solved
        return replace(known, rated=rating) if right else known
    if known.solved is not None:
        return known
    known = replace(known, seconds=known.seconds + round(seconds))
    match entry.what:
        case "solved":
            return replace(known, solved=entry.at)
        case "run":
            return replace(known, runs=known.runs + 1)
        case "hint":
            count = entry.data.get("shown")
            if isinstance(count, int) and 0 < count < 100:
                shown[str(entry.data.get("step"))] = count
            hints = shown.values()
            return replace(known, hints=sum(hints), deepest=max(hints, default=0))
    return known
