"""How long things take this learner: what was spent, beside what is stated."""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from kata.course.entries import Entry
from kata.course.exercise import Exercise
from kata.practice.schedule.cards import HUNT, REHEARSE, SOLVE
from kata.practice.schedule.tries import Try
from kata.practice.terms import HUNTED, REHEARSED

# Nobody is planned for as if they were faster or slower than that.
_FASTEST, _SLOWEST = 0.5, 3.0

# In minutes, until the learner has done some: a spoken answer with its follow-ups, and a bug.
_USUAL = {REHEARSE: 4.0, HUNT: 5.0}
_SOME = 3
_PRACTISED = {REHEARSED: REHEARSE, HUNTED: HUNT}

# What is stated of a rehearsal is how long the answer took; its points and the follow-ups come after that.
_AFTER = {REHEARSE: 3.0, HUNT: 0.0}

# Solving again is mostly typing: half of the time is a guess, until it was done.
_AGAIN = 0.5


def pace(tries: Iterable[Try], minutes: Mapping[str, int]) -> float:
    """Return how many minutes the learner needs for a stated one: the median over what was solved first.

    It is 1 until something was solved, and between 0.5 and 3. Tries that took no minute are no measure.
    """
    ratios = [
        each.seconds / 60 / minutes[each.exercise]
        for each in tries
        if each.solved and not each.again and each.seconds >= 60 and minutes.get(each.exercise)
    ]
    return min(max(median(ratios), _FASTEST), _SLOWEST) if ratios else 1.0


class Needed:
    """How many minutes a piece of practice takes this learner, rounded up."""

    def __init__(
        self, exercises: Sequence[Exercise], entries: Iterable[Entry], tries: Sequence[Try]
    ) -> None:
        self._stated = {each.id: each.minutes or 25 for each in exercises}
        self.pace = pace(tries, self._stated)
        self._again = {
            each.exercise: each.seconds / 60 for each in tries if each.again and each.counts
        }
        taken: dict[str, list[float]] = {REHEARSE: [], HUNT: []}
        for entry in entries:
            if entry.what in _PRACTISED and (seconds := seconds_in(entry)):
                taken[_PRACTISED[entry.what]].append(seconds / 60)
        self._usual = {
            kind: min(max(median(each), 1), 20) + _AFTER[kind]
            if len(each) >= _SOME
            else _USUAL[kind]
            for kind, each in taken.items()
        }

    def first(self, exercise: Exercise) -> int:
        """Return the minutes for the core of an exercise that is not solved yet."""
        return math.ceil(self._stated[exercise.id] * self.pace)

    def review(self, kind: str, exercise: Exercise) -> int:
        """Return the minutes for a card of this kind; for solving again, at least one."""
        if kind == SOLVE:
            guess = self._stated[exercise.id] * self.pace * _AGAIN
            return math.ceil(max(1.0, self._again.get(exercise.id) or guess))
        return math.ceil(self._usual[kind])


def seconds_in(entry: Entry) -> float:
    """Return the seconds that an entry states, between nothing and three hours."""
    seconds = entry.data.get("seconds")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or seconds != seconds:
        return 0.0
    return min(max(float(seconds), 0.0), 3 * 3600.0)
