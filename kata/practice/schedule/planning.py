"""Lay what is unsolved and what is due over the days until an interview.

A plan is what happens if each thing goes well: an exercise that is solved on one day makes cards, which are
due on later days of the same plan. Nothing is written down; the plan of tomorrow follows from what was done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kata.course.exercise import Exercise
from kata.practice.schedule.cards import (
    HUNT,
    KINDS,
    REHEARSE,
    SOLVE,
    Card,
    Review,
    can_be,
    first_due,
)
from kata.practice.schedule.deck import Deck
from kata.practice.schedule.scheduling import scheduled

NEW, AGAIN, INTERVIEW = "new", "again", "interview"

# In minutes.
_INTERVIEW = 45
_GRAIN = 15
_MOST = 24 * 60


@dataclass(frozen=True)
class Item:
    """Something to do: `NEW`, `AGAIN`, rehearse, hunt or `INTERVIEW`; the last concerns no one exercise."""

    kind: str
    exercise: Exercise | None
    minutes: int


@dataclass(frozen=True)
class Day:
    day: date
    items: tuple[Item, ...]

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True)
class Plan:
    """What to do on each day. ``left`` fits into none; with ``enough`` minutes a day, all would.

    ``minutes`` are those for each day; ``pace`` is the learner's, which they are reckoned with.
    """

    days: tuple[Day, ...]
    left: tuple[Item, ...]
    minutes: int
    enough: int
    pace: float


def plan(deck: Deck, days: Sequence[date], spent: int = 0, minutes: int | None = None) -> Plan:
    """Return the plan for these days, of which ``spent`` minutes of the first are over.

    Each day begins with what is due. Then come new exercises, the easy before the hard; where not all fit,
    some of each tier. The last evening is for an interview. Without ``minutes`` for a day, as many are taken
    as are needed, by quarters of an hour.
    """
    unsolved = deck.unsolved

    def laid(minutes: int, wanted: int) -> Plan:
        chosen = set(_of_each_tier(unsolved)[:wanted])
        new = [each for each in unsolved if each in chosen]
        laid_out = _laid_out(deck, days, spent, minutes, new)
        missing = [each for each in unsolved if each not in chosen]
        return replace(laid_out, left=(*laid_out.left, *_new(deck, missing)))

    all_ = len(unsolved)
    enough = _GRAIN * _first(lambda n: not laid(n * _GRAIN, all_).left, 1, _MOST // _GRAIN)
    if minutes is None or minutes >= enough:
        return laid(enough, all_)
    given = minutes
    short = _first(lambda n: not _lacks_chosen(laid(given, all_ - n), n), 0, all_)
    return replace(laid(given, all_ - short), enough=enough)


def _lacks_chosen(found: Plan, missing: int) -> bool:
    """Say whether more is left than what was left out in the first place."""
    return len(found.left) > missing


def _laid_out(
    deck: Deck, days: Sequence[date], spent: int, minutes: int, new: Sequence[Exercise]
) -> Plan:
    cards = {(card.kind, card.exercise): card for card in deck.cards}
    queue = list(new)
    result: list[Day] = []
    late: list[Item] = []
    for day in days:
        room = minutes - (spent if day == days[0] else 0) - _INTERVIEW * (day == days[-1])
        items: list[Item] = []
        late = []
        for card in _due(deck, list(cards.values()), day, begun=day == days[0]):
            item = _of_card(deck, card)
            if item.minutes > room:
                late.append(item)
                continue
            room -= item.minutes
            items.append(item)
            reviews = (*card.reviews, Review(day, "good"))
            cards[card.kind, card.exercise] = replace(card, reviews=reviews)
        for item in _new(deck, queue):
            if item.exercise is not None and item.minutes <= room:
                room -= item.minutes
                items.append(item)
                queue.remove(item.exercise)
                for card in _cards_of(deck, item.exercise, day):
                    cards.setdefault((card.kind, card.exercise), card)
        if day == days[-1]:
            items.append(Item(INTERVIEW, None, _INTERVIEW))
        result.append(Day(day, tuple(items)))
    left = (*late, *_new(deck, queue))
    return Plan(tuple(result), left, minutes, minutes, deck.needed.pace)


def _due(deck: Deck, cards: Sequence[Card], day: date, *, begun: bool) -> list[Card]:
    """Return the cards that are due on a day, those first that have been for long, and take little."""
    known = [(scheduled(card).due, KINDS.index(card.kind), n) for n, card in enumerate(cards)]
    return [
        cards[n] for due, _, n in sorted(known) if due <= day or (begun and deck.is_begun(cards[n]))
    ]


def _cards_of(deck: Deck, exercise: Exercise, day: date) -> list[Card]:
    """Return the cards that an exercise makes when it is solved on this day."""
    found = [Card(SOLVE, exercise, day, (Review(day, "good"),))]
    for kind in (REHEARSE, HUNT):
        if can_be(kind, exercise, deck.root):
            found.append(Card(kind, exercise, first_due(kind, day)))
    return found


def _of_card(deck: Deck, card: Card) -> Item:
    kind = AGAIN if card.kind == SOLVE else card.kind
    return Item(kind, card.exercise, deck.needed.review(card.kind, card.exercise))


def _new(deck: Deck, exercises: Sequence[Exercise]) -> list[Item]:
    return [Item(NEW, each, deck.needed.first(each)) for each in exercises]


def _of_each_tier(exercises: Sequence[Exercise]) -> list[Exercise]:
    """Return the exercises in an order in which any beginning has about the same share of each tier."""
    tiers: dict[str, list[Exercise]] = {}
    for each in exercises:
        tiers.setdefault(each.tier, []).append(each)
    share = {each: (n + 0.5) / len(tier) for tier in tiers.values() for n, each in enumerate(tier)}
    return sorted(exercises, key=lambda each: share[each])


def _first(fits: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least number from ``low`` on that fits, where each larger one does; ``high`` at the most."""
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return low
