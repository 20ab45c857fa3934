"""What there is to review: a card for each exercise to solve again, question to rehearse, and bug to hunt.

Cards and their reviews are read from the journal, and from nothing else: the same journal gives the same
cards, whoever reads it and when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kata.course.entries import Entry
from kata.course.exercise import Exercise
from kata.course.standing import SOLVED
from kata.practice.schedule.tries import Try, tries
from kata.practice.terms import HUNTED, RATINGS, REHEARSED

SOLVE, REHEARSE, HUNT = "solve", "rehearse", "hunt"
KINDS = (REHEARSE, HUNT, SOLVE)

# How many days after its exercise was solved a card comes up: what was just read is not worth a review yet.
_LATER = {REHEARSE: 1, HUNT: 3}

# How many cards of a kind a day takes of those exercises that were solved nobody knows when.
_A_DAY = {SOLVE: 2, REHEARSE: 3, HUNT: 2}


@dataclass(frozen=True)
class Review:
    """That somebody did what a card asks for, on a day of theirs, and how well."""

    day: date
    rating: str


@dataclass(frozen=True)
class Card:
    """Something to review: ``kind`` is one of `KINDS`; ``first`` is the day from which a new one is due."""

    kind: str
    exercise: Exercise
    first: date
    reviews: tuple[Review, ...] = ()


def cards(exercises: Sequence[Exercise], entries: Sequence[Entry], root: Path) -> list[Card]:
    """Return the cards, kind by kind, each in the order of the exercises.

    Solving an exercise makes the card to solve it again, with a first review. A day later its question is to be
    rehearsed, if there is an answer, and three days later a bug to be hunted, if there are some. Who
    rehearses or hunts sooner has these cards sooner. Exercises that were solved before there was a journal make cards
    without reviews, due from the day on which it began, some a day.
    """
    known = {each.id: each for each in exercises}
    done = _reviews(tries(entries), entries, known)
    firsts = _solved_on(entries)
    at_once = [id_ for id_ in known if id_ in firsts and firsts[id_][1]]
    found = []
    for kind in KINDS:
        for id_, exercise in known.items():
            reviews = done.get((kind, id_), [])
            day, imported = firsts.get(id_, (None, False))
            if (day is None and not reviews) or not can_be(kind, exercise, root):
                continue
            if day is None:
                first = reviews[0].day
            elif imported:
                first = day + timedelta(days=at_once.index(id_) // _A_DAY[kind])
            else:
                first = first_due(kind, day)
            found.append(Card(kind, exercise, first, tuple(reviews)))
    return found


def first_due(kind: str, solved: date) -> date:
    """Return the day from which a new card is due, if its exercise was solved on ``solved``."""
    return solved + timedelta(days=_LATER.get(kind, 0))


def can_be(kind: str, exercise: Exercise, root: Path) -> bool:
    """Say whether the tree has what a card needs; that of a class may lack it."""
    if kind == REHEARSE:
        return (exercise.within(root / "solutions") / "answer.md").is_file()
    return kind == SOLVE or (root / "tests" / "answers" / exercise.id).is_dir()


def suggested(done: Try, minutes: int | None) -> str:
    """Return how well an exercise was solved, by hints and time: one of `RATINGS`.

    A hint that is nearly the code makes it ``again``; a second hint, or half as much time again as is
    stated, ``hard``; no hint and half of the time, at one go, ``easy``. Less than a minute is no known time.
    """
    at_one_go = (done.solved - done.began).total_seconds() if done.solved else 0.0
    stated = (minutes or 25) * 60
    if done.deepest >= 3:
        return "again"
    if done.deepest == 2 or done.seconds > 1.5 * stated:
        return "hard"
    if done.hints == 0 and 60 <= at_one_go <= 0.5 * stated:
        return "easy"
    return "good"


def _solved_on(entries: Iterable[Entry]) -> dict[str, tuple[date, bool]]:
    """Return when each exercise was first known to be solved, and whether that is all that is known."""
    found: dict[str, tuple[date, bool]] = {}
    for each in entries:
        if each.what == SOLVED and each.exercise is not None:
            found.setdefault(each.exercise, (each.at.date(), bool(each.data.get("imported"))))
    return found


def _reviews(
    done: Iterable[Try], entries: Iterable[Entry], known: dict[str, Exercise]
) -> dict[tuple[str, str], list[Review]]:
    found: dict[tuple[str, str], list[Review]] = {}
    for each in done:
        if each.counts and each.solved and each.exercise in known:
            rating = each.rated or suggested(each, known[each.exercise].minutes)
            reviews = found.setdefault((SOLVE, each.exercise), [])
            reviews.append(Review(each.solved.date(), rating))
    for entry in entries:
        if entry.exercise in known and (review := _practised(entry)):
            found.setdefault((review[0], entry.exercise), []).append(review[1])
    return found


def _practised(entry: Entry) -> tuple[str, Review] | None:
    if entry.what == REHEARSED and entry.data.get("rating") in RATINGS:
        return REHEARSE, Review(entry.at.date(), entry.data["rating"])
    if entry.what == HUNTED:
        right = [entry.data.get(part) is True for part in ("line", "cause")]
        found = entry.data.get("found") is True or all(right)
        rating = "good" if found else "hard" if any(right) else "again"
        return HUNT, Review(entry.at.date(), rating)
    return None
