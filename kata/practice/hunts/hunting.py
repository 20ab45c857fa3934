"""Bug hunts: which pull request comes, and whether what the learner says of it is right.

A pull request is a `kata.practice.hunts.requests.Case`; that the tests catch it shows `kata.practice.hunts.proof`.
"""

import ast
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kata.course.entries import Entry, Note
from kata.course.exercise import Exercise
from kata.judge.outcome import Failure
from kata.practice.hunts.faults import Place
from kata.practice.hunts.kept import REFERENCE
from kata.practice.hunts.remarks import parsed
from kata.practice.hunts.requests import Case, Requests
from kata.practice.terms import HUNTED

# So many lines beside one at fault are right as well.
_NEAR = 2

# One hunt in so many is one with nothing to find, and one a case that was not found before.
_RIGHT = 5
_AGAIN = 4


class NothingToHunt(Exception):
    """No answers are kept for an exercise, or no reference. The message is a sentence."""


@dataclass(frozen=True)
class Judgement:
    """Whether the learner named a right line, and the cause; of a right answer, that nothing is wrong."""

    line: bool
    cause: bool

    @property
    def found(self) -> bool:
        return self.line and self.cause


def judge(
    case: Case, place: Place | None, cause: str | None, failure: Failure | None = None
) -> Judgement:
    """Judge what the learner says: the line that is wrong, None if nothing is, and why.

    A line at fault is one by which the answer differs from the nearest right code: see
    `kata.practice.hunts.faults`. Judged generously, the two lines above and below it are right as well, and every
    line of the function in which the failure of the test that catches it arose.
    """
    if case.right or place is None:
        right = case.right and place is None
        return Judgement(right, right)
    near = any(file == place[0] and abs(line - place[1]) <= _NEAR for file, line in case.at_fault)
    return Judgement(near or _is_blamed(case, place, failure), cause == case.about)


def said(case: Case, judgement: Judgement, where: str, *, said_nothing: bool) -> str:
    """Return how the learner did, in words; ``where`` names the lines at fault."""
    if case.right:
        right = "Right: nothing is wrong with it."
        return right if judgement.found else "Nothing is wrong with it."
    if judgement.found:
        return "Found: the line is right, and so is the cause."
    if judgement.line:
        return "The line is right; the cause is another one."
    missed = "The cause is right; the line is another one." if judgement.cause else "Not found."
    return f"{'Something is wrong with it.' if said_nothing else missed} Look at {where}."


def note(case: Case, judgement: Judgement, seconds: float) -> Note:
    """Return what the journal keeps of a hunt."""
    data = {
        "answer": case.name,
        "found": judgement.found,
        "line": judgement.line,
        "cause": judgement.cause,
        "seconds": round(seconds),
    }
    return Note(HUNTED, case.exercise.id, data)


def has_cases(exercise: Exercise, root: Path) -> bool:
    """Say whether there is anything to hunt for an exercise."""
    return bool(Requests(exercise, root).names)


def choose(
    exercises: Sequence[Exercise],
    root: Path,
    solved: Iterable[str],
    entries: Iterable[Entry],
    seed: int | None = None,
) -> Case:
    """Return the next case: of a solved exercise if there is one, else of the first tier with cases.

    What was not hunted yet comes first, and now and then what was not found, the longest ago first. The
    seed and the journal decide which one it is.

    Raises:
        NothingToHunt: there is none.
    """
    chance = random.Random(seed)
    last = _last_hunts(entries)
    hunts = {each.id: Requests(each, root) for each in exercises}
    with_cases = [each for each in exercises if hunts[each.id].names]
    if not with_cases:
        raise NothingToHunt(_missing(exercises, root))
    known = set(solved)
    pool = [each for each in with_cases if each.id in known]
    pool = pool or [each for each in with_cases if each.tier == with_cases[0].tier]
    cases = [(each.id, name) for each in pool for name in hunts[each.id].names]
    exercise, name = _chosen(cases, last, chance)
    return hunts[exercise].case(name)


def _chosen(
    cases: Sequence[tuple[str, str]],
    last: Mapping[tuple[str, str], bool],
    chance: random.Random,
) -> tuple[str, str]:
    """Choose a case by when it was hunted last, and whether it was found then."""
    want_right, want_again = chance.randrange(_RIGHT) == 0, chance.randrange(_AGAIN) == 0
    fresh = [case for case in cases if case not in last]
    known = set(cases)
    hunted = [case for case in last if case in known]  # A dict keeps the order of the journal.
    missed = [case for case in hunted if not last[case]]
    if missed and (want_again or not fresh):
        return missed[0]
    if not fresh:
        return hunted[0]
    of_kind = [case for case in fresh if _is_right(case[1]) == want_right]
    return chance.choice(of_kind or fresh)


def _is_right(name: str) -> bool:
    return name == REFERENCE or name.startswith("right")


def _last_hunts(entries: Iterable[Entry]) -> dict[tuple[str, str], bool]:
    """Return whether each case was found when it was hunted last, the longest ago first."""
    found: dict[tuple[str, str], bool] = {}
    for entry in entries:
        answer = entry.data.get("answer")
        if entry.what == HUNTED and entry.exercise and isinstance(answer, str):
            found.pop((entry.exercise, answer), None)
            found[entry.exercise, answer] = entry.data.get("found") is True
    return found


def _missing(exercises: Sequence[Exercise], root: Path) -> str:
    if len(exercises) != 1:
        return "There is nothing to hunt here: tests/answers or solutions is missing."
    (exercise,) = exercises
    place = f"solutions/{exercise.tier}/{exercise.id}"
    if (root / place).is_dir():
        place = f"tests/answers/{exercise.id}"
    return f"There is nothing to hunt for {exercise.number} here: {place} is missing."


def _is_blamed(case: Case, place: Place, failure: Failure | None) -> bool:
    """Say whether a line is in the function in which an error arose, and not in one inside that.

    Without an error, a failure names the view that answered, which need not be at fault.
    """
    if failure is None or not failure.sentence or failure.file is None or failure.line is None:
        return False
    file = next((each for each in case.files if each.name == place[0]), None)
    if file is None or Path(failure.file).name != Path(file.name).name:
        return False
    text = "\n".join(file.lines)
    function = _function_around(text, place[1])
    return function is not None and function == _function_around(text, failure.line)


def _function_around(text: str, line: int) -> int | None:
    """Return the line on which the innermost function around a line begins."""
    tree = parsed(text)
    around = [
        first
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (first := min([node, *node.decorator_list], key=lambda part: part.lineno).lineno)
        <= line
        and line <= (node.end_lineno or first)
    ]
    return max(around, default=None)
