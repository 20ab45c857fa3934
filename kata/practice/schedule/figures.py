"""What practice came to: time, hints, tries and what was kept in mind, from the journal alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kata.course.entries import Entry
from kata.course.standing import AGAIN, HINT, RUN
from kata.practice.schedule.cards import HUNT, KINDS, REHEARSE, SOLVE
from kata.practice.schedule.deck import Deck
from kata.practice.schedule.pace import seconds_in
from kata.practice.schedule.scheduling import scheduled
from kata.practice.schedule.tries import spells
from kata.practice.terms import HUNTED, INTERVIEWED, REHEARSED, SPECIFIED

_KINDS = {REHEARSED: REHEARSE, HUNTED: HUNT, SPECIFIED: "specify", INTERVIEWED: "interview"}

# So many of the steps at which one got stuck are named.
_STUCK = 8


@dataclass(frozen=True)
class OfExercise:
    """What one exercise came to: ``runs`` failed, and it was solved so many times."""

    id: str
    tier: str
    minutes: int | None
    seconds: int
    runs: int
    hints: int
    times_solved: int
    solved: bool


@dataclass(frozen=True)
class Figures:
    """All of it. ``days`` and ``kinds`` have seconds; ``kept`` how many of how many reviews were no lapse.

    The first time that something is solved, said or found is no review. ``stuck`` has the steps at which most
    runs failed, by the id of their exercise and their number, with how many that were.
    """

    days: Mapping[date, int]
    kinds: Mapping[str, int]
    exercises: tuple[OfExercise, ...]
    kept: Mapping[str, tuple[int, int]]
    due: int
    interviews: int
    pace: float
    stuck: tuple[tuple[str, int, int], ...] = ()


def figures(deck: Deck, today: date) -> Figures:
    """Return what practice came to until today."""
    days: Counter[date] = Counter()
    kinds: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for each, seconds in _worked(deck.entries):
        days[each.at.date()] += round(seconds)
        kinds[_KINDS.get(each.what, SOLVE)] += round(seconds)
        if each.exercise is not None and each.what not in _KINDS:
            spent[each.exercise] += round(seconds)
    real = [each for each in deck.entries if not each.data.get("imported")]
    runs = Counter(each.exercise for each in real if each.what == RUN)
    hints = _hints(real)
    solved = Counter(each.exercise for each in deck.tries if each.counts)
    return Figures(
        days=dict(sorted(days.items())),
        kinds={kind: kinds[kind] for kind in (SOLVE, REHEARSE, HUNT) if kinds[kind]},
        exercises=tuple(
            OfExercise(
                each.id,
                each.tier,
                each.minutes,
                spent[each.id],
                runs[each.id],
                hints[each.id],
                solved[each.id],
                each.id in deck.state.solved,
            )
            for each in deck.exercises
        ),
        kept=_kept(deck),
        due=len(deck.due(today)),
        interviews=sum(each.what == INTERVIEWED for each in real),
        pace=deck.needed.pace,
        stuck=_stuck(real),
    )


def spent_on(deck: Deck, day: date) -> int:
    """Return the minutes of practice on a day, rounded down."""
    return int(sum(s for each, s in _worked(deck.entries) if each.at.date() == day) // 60)


def _worked(entries: Iterable[Entry]) -> Iterable[tuple[Entry, float]]:
    """Yield what took time, with the seconds: those between what happened, or those that are stated."""
    for each, seconds in spells(entries):
        if each.what in _KINDS:
            seconds = seconds_in(each)
        if seconds > 0:
            yield each, seconds


def _stuck(entries: Iterable[Entry]) -> tuple[tuple[str, int, int], ...]:
    runs: Counter[tuple[str, int]] = Counter()
    for each in entries:
        step = each.data.get("step")
        if each.what == RUN and each.exercise is not None and isinstance(step, int):
            runs[each.exercise, step] += 1
    often = ((id_, step, count) for (id_, step), count in runs.most_common(_STUCK) if count > 1)
    return tuple(often)


def _hints(entries: Iterable[Entry]) -> Counter[str | None]:
    """Count the hints of each exercise; one that is shown again counts after the exercise was put back."""
    found: Counter[str | None] = Counter()
    shown: dict[tuple[str | None, str], int] = {}
    for each in entries:
        if each.what == AGAIN:
            shown = {key: count for key, count in shown.items() if key[0] != each.exercise}
        count = each.data.get("shown")
        if each.what == HINT and isinstance(count, int) and 0 < count < 100:
            key = each.exercise, str(each.data.get("step"))
            found[each.exercise] += max(0, count - shown.get(key, 0))
            shown[key] = count
    return found


def _kept(deck: Deck) -> dict[str, tuple[int, int]]:
    """Return for each kind how many reviews were no lapse, and how many there were."""
    found = {}
    for kind in KINDS:
        reviews = [
            review
            for card in deck.cards
            if card.kind == kind
            for review in scheduled(card).counted[1:]
        ]
        if reviews:
            found[kind] = sum(each.rating != "again" for each in reviews), len(reviews)
    return found
