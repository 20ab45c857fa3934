"""What a round of an interview is worth: a question and a hunt 10 points, an exercise 20.

A question: the share of the model answer's points that were said, up to 6; up to 2 for three follow-ups,
or all if there are fewer; and 2 for good or easy, 1 for hard. A hunt: 5 for the line and 5 for the cause.
An exercise: each of its steps counts the same, by the share of its tests that pass. Time costs nothing; the
report shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kata.course.exercise import Exercise
from kata.judge.examining import Examined
from kata.practice.interviews.interviewing import Result

_FOLLOW_UPS = 3
_FOR_RATING = {"easy": 2, "good": 2, "hard": 1}


@dataclass(frozen=True)
class StepReached:
    """A step of an exercise, how many of its tests pass, and the second at which all of them first did."""

    number: int
    title: str
    passed: int
    total: int
    done_at: int | None = None


def steps_reached(exercise: Exercise, examined: Examined) -> list[StepReached]:
    """Return what was reached of each step; tests that belong to no step count as one of their own."""
    titles = {step.number: step.title for step in exercise.steps}
    return [
        StepReached(number, titles.get(number, "Other tests"), examined.passed[number], total)
        for number, total in examined.total.items()
    ]


def of_question(said: Mapping[str, Any], seconds: int, *, follow_ups: int) -> Result:
    """Return the result of a question; ``said`` is what the journal keeps of a rehearsal, and more.

    ``follow_ups`` is how many there are; the result says how many of them were ``expected`` to be answered.
    """
    expected = min(follow_ups, _FOLLOW_UPS)
    points = 6 * _share(said["ticked"], said["points"])
    points += 2 * _share(min(said["followups"], expected), expected)
    points += _FOR_RATING.get(said["rating"], 0)
    return Result(round(points, 1), 10, seconds, {**said, "expected": expected})


def of_hunt(said: Mapping[str, Any], seconds: int) -> Result:
    """Return the result of a hunt; ``said`` is what the journal keeps of it, and more."""
    right = [said["found"]] * 2 if said["found"] else [said["line"], said["cause"]]
    return Result(5 * sum(map(bool, right)), 10, seconds, dict(said))


def of_code(steps: Sequence[StepReached], seconds: int, *, stated: int, **said: Any) -> Result:
    """Return the result of an exercise: of its last run, whose steps these are; of none, no points."""
    share = sum(_share(each.passed, each.total) for each in steps) / max(1, len(steps))
    solved = bool(steps) and all(each.passed == each.total for each in steps)
    data = {"steps": [asdict(each) for each in steps], "stated": stated, "solved": solved, **said}
    return Result(round(20 * share, 1), 20, seconds, data)


def spoken(data: Mapping[str, Any]) -> str:
    """Say how much of an answer was said."""
    said = f"{data.get('ticked', 0)} of {data.get('points', 0)} points said"
    if expected := data.get("expected"):
        had = min(data.get("followups", 0), expected)
        said += f", {had} of {expected} follow-ups answered"
    return said


def hunted(data: Mapping[str, Any]) -> str:
    """Say what was found in a hunt."""
    if data.get("found"):
        return "found"
    if data.get("line"):
        return "the line was found, the cause was not"
    return "the cause was found, the line was not" if data.get("cause") else "not found"


def _share(part: int, whole: int) -> float:
    """Return the share; of nothing, all was reached."""
    return part / whole if whole else 1.0
