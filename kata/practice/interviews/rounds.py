"""The rounds of a mock interview: which there are, on which exercise each is, and how long it may take.

An interview has two to four questions, one hunt and one or two exercises. What is weak or was practiced
long ago comes first; among equals, and where nothing is known of the past, the seed decides.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kata.course.catalog import TIERS
from kata.course.exercise import Exercise

KINDS = QUESTION, HUNT, CODE = "question", "hunt", "code"

# The tiers of an interview's exercises by level: its first, its second … of a kind.
LEVELS: Mapping[str, tuple[str, str, str, str]] = {
    "junior": ("easy", "medium", "easy", "easy"),
    "middle": ("medium", "easy", "hard", "medium"),
    "senior": ("hard", "medium", "hard", "hard"),
}

# In minutes: the least that all kinds of rounds fit in, and the most that these fill.
SHORTEST, LONGEST = 25, 120

_QUESTION_MINUTES, _HUNT_MINUTES = 4, 6
_FEWEST_QUESTIONS, _MOST_QUESTIONS = 2, 4
_MOST_EXERCISES = 2

# For an exercise whose README states no minutes.
_UNSTATED = 15


class NothingToAsk(Exception):
    """The tree lacks what an interview is made of. The message is a sentence for the learner."""


@dataclass(frozen=True)
class Round:
    """A part of an interview: its kind, the id of its exercise, and the minutes it may take.

    ``case`` is the name of what is hunted.
    """

    kind: str
    exercise: str
    minutes: int
    case: str = ""


Rank = Callable[[str, str], tuple[float, ...]]
"""Says of a kind of round and the id of an exercise how soon it should come: what is less comes first."""


def lay_out(
    pools: Mapping[str, Sequence[Exercise]],
    *,
    seed: int,
    level: str,
    minutes: int,
    rank: Rank = lambda kind, id_: (),
) -> tuple[Round, ...]:
    """Lay rounds over the minutes; ``pools`` has the exercises that are fit for each kind.

    An exercise is taken that can be solved in what two questions and a hunt leave of the time: of the
    level's own tier if there is one, and of the next otherwise. A second one, and more questions, come
    where they fit. What is left then is given to the exercises, each up to half as much again as it states.

    Raises:
        NothingToAsk: there is no exercise for one of the kinds.
    """
    for kind, what in ((QUESTION, "model answer"), (HUNT, "answer to review"), (CODE, "stub")):
        if not pools.get(kind):
            raise NothingToAsk(
                f"An interview needs exercises with a {what}, and there is none here. To see what is missing: "
                "kata doctor"
            )
    draw = _Draw(pools, seed, rank)
    tiers = LEVELS[level]
    room = minutes - _HUNT_MINUTES - _FEWEST_QUESTIONS * _QUESTION_MINUTES
    coding: list[Round] = []
    for tier in tiers[:_MOST_EXERCISES]:
        found = draw.one(CODE, tier, within=room)
        if found is None and not coding:
            found = draw.shortest()
        if found is not None:
            taken = min(room, stated(found))
            coding.append(Round(CODE, found.id, taken))
            room -= taken
    questions = _FEWEST_QUESTIONS
    while questions < _MOST_QUESTIONS and room >= _QUESTION_MINUTES:
        questions += 1
        room -= _QUESTION_MINUTES
    hunt = draw.one(HUNT, tiers[0])
    asked = [draw.one(QUESTION, tier) for tier in tiers[:questions]]
    return (
        *(Round(QUESTION, each.id, _QUESTION_MINUTES) for each in asked if each),
        *([Round(HUNT, hunt.id, _HUNT_MINUTES)] if hunt else []),
        *_longer(coding, room),
    )


def stated(exercise: Exercise) -> int:
    """Return the minutes that an exercise is meant to take."""
    return exercise.minutes or _UNSTATED


def _longer(coding: Sequence[Round], room: int) -> list[Round]:
    longer = []
    for left, each in zip(range(len(coding), 0, -1), coding, strict=True):
        more = min(room // left, each.minutes // 2)
        longer.append(replace(each, minutes=each.minutes + more))
        room -= more
    return longer


class _Draw:
    """Draws exercises, no one twice while there are others."""

    def __init__(self, pools: Mapping[str, Sequence[Exercise]], seed: int, rank: Rank) -> None:
        self._used: list[Exercise] = []
        self._pools: dict[str, list[Exercise]] = {}
        for kind, pool in pools.items():
            shuffled = sorted(pool, key=lambda each: each.id)
            random.Random(f"{seed} {kind}").shuffle(shuffled)
            self._pools[kind] = sorted(shuffled, key=lambda each: rank(kind, each.id))

    def one(self, kind: str, tier: str, within: int | None = None) -> Exercise | None:
        """Draw an exercise of a tier, or of the nearest one, that takes no longer than ``within`` minutes."""
        fit = [each for each in self._pools[kind] if within is None or stated(each) <= within]
        if not fit:
            return None
        found = min(fit, key=lambda each: (self._used.count(each), _distance(each.tier, tier)))
        self._used.append(found)
        return found

    def shortest(self) -> Exercise:
        found = min(self._pools[CODE], key=stated)
        self._used.append(found)
        return found


def _distance(tier: str, wanted: str) -> tuple[int, int]:
    """Say how far a tier is from the wanted one; of two that are as far, the easier comes first."""
    place = TIERS.index(tier) if tier in TIERS else len(TIERS)
    return abs(place - TIERS.index(wanted)), place
