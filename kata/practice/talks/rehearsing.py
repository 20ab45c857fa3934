"""Rehearse a question: say the answer, tick its points, go on with the follow-ups, and rate oneself.

Nothing here waits or shows anything; whoever does hands in what the learner said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kata.course.entries import Entry, Note
from kata.course.exercise import Exercise
from kata.practice.talks import spoken
from kata.practice.talks.spoken import FollowUp, NotThere, Spoken
from kata.practice.terms import REHEARSED

# The share of the points from which on each rating is suggested, the best first.
SHARES = (("easy", 0.9), ("good", 0.6), ("hard", 0.3))


@dataclass(frozen=True)
class Question:
    """A question to rehearse, and what to say to it."""

    exercise: Exercise
    use_case: str
    spoken: Spoken


@dataclass(frozen=True)
class Result:
    """How a rehearsal went.

    ``missed`` are the points that were not said, and ``open_`` the follow-ups that the learner had no answer
    to; ``asked`` is how many follow-ups were gone through, and ``notes`` what was typed before the answer.
    """

    question: Question
    rating: str
    seconds: int
    missed: tuple[str, ...]
    open_: tuple[FollowUp, ...]
    asked: int
    notes: str = ""

    @property
    def points(self) -> int:
        return len(self.question.spoken.points)

    @property
    def ticked(self) -> int:
        return self.points - len(self.missed)

    @property
    def had(self) -> int:
        """Return how many of the follow-ups the learner had an answer to."""
        return self.asked - len(self.open_)

    @property
    def note(self) -> Note:
        """Return what the journal keeps of it; ``followups`` of ``asked`` is what the learner could answer."""
        data = {
            "rating": self.rating,
            "seconds": self.seconds,
            "ticked": self.ticked,
            "points": self.points,
            "followups": self.had,
            "asked": self.asked,
        }
        return Note(REHEARSED, self.question.exercise.id, data)


class Rehearsal:
    """One question on its way: answered, ticked, followed up, rated."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.notes = ""
        self._seconds = 0
        self._ticked: frozenset[int] = frozenset()
        self._followed: list[tuple[FollowUp, bool]] = []

    def answer(self, seconds: float) -> None:
        """Take how long the learner has thought and spoken."""
        self._seconds = round(seconds)

    def tick(self, numbers: Iterable[int]) -> None:
        """Take the points that were said, by their numbers, from 1 on.

        Raises:
            ValueError: there is no point of such a number; the message is a sentence for the learner.
        """
        chosen, count = frozenset(numbers), len(self.question.spoken.points)
        if unknown := sorted(n for n in chosen if not 1 <= n <= count):
            raise ValueError(f"There is no point {unknown[0]}; they go from 1 to {count}.")
        self._ticked = chosen

    @property
    def ticked(self) -> int:
        return len(self._ticked)

    @property
    def missed(self) -> tuple[int, ...]:
        """Return the numbers of the points that were not said."""
        count = len(self.question.spoken.points)
        return tuple(n for n in range(1, count + 1) if n not in self._ticked)

    @property
    def next_follow_up(self) -> FollowUp | None:
        """Return the follow-up that comes now, or None after the last."""
        all_ = self.question.spoken.follow_ups
        return all_[len(self._followed)] if len(self._followed) < len(all_) else None

    def follow_up(self, had: bool) -> None:
        """Take whether the learner had an answer to the follow-up that came, and go on to the next."""
        if (current := self.next_follow_up) is not None:
            self._followed.append((current, had))

    @property
    def suggestion(self) -> str:
        """Return the rating that the points which were said suggest."""
        share = self.ticked / max(1, len(self.question.spoken.points))
        return next((rating for rating, least in SHARES if share >= least), "again")

    def rate(self, rating: str) -> Result:
        """End the rehearsal with the learner's own word."""
        points = self.question.spoken.points
        return Result(
            self.question,
            rating,
            self._seconds,
            tuple(points[n - 1] for n in self.missed),
            tuple(each for each, had in self._followed if not had),
            len(self._followed),
            self.notes,
        )


def question(exercise: Exercise, solutions: Path) -> Question:
    """Return the question of an exercise.

    Raises:
        NotThere: there is no model answer.
    """
    return Question(exercise, spoken.use_case(exercise), spoken.read(exercise, solutions))


def questions(
    exercises: Iterable[Exercise],
    solutions: Path,
    entries: Sequence[Entry],
    count: int,
    first: Exercise | None = None,
) -> list[Question]:
    """Return at most so many questions: those never rehearsed, then those rehearsed longest ago.

    ``entries`` are those of the journal, in order. The one of ``first`` comes before all others. Other
    exercises without a model answer are left out.

    Raises:
        NotThere: ``first`` has no model answer, or without it, none has.
    """
    last = {e.exercise: place for place, e in enumerate(entries) if e.what == REHEARSED}
    found = [question(first, solutions)] if first else []
    reason = NotThere("There is no exercise to rehearse here.")
    for exercise in sorted(exercises, key=lambda each: last.get(each.id, -1)):
        if len(found) == count:
            break
        try:
            if exercise != first:
                found.append(question(exercise, solutions))
        except NotThere as missing:
            reason = missing
    if not found:
        raise reason
    return found
