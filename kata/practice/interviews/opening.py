"""Open a mock interview, or the same one again."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kata.course import progress
from kata.course.entries import Entry
from kata.course.exercise import Exercise
from kata.practice.hunts import hunting
from kata.practice.interviews import desk, interviewing, past, rounds
from kata.practice.interviews.interviewing import Interview
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION, Rank, Round
from kata.practice.talks import spoken

_MOST = 10_000


def begin(
    root: Path, exercises: Sequence[Exercise], *, seed: int | None, level: str, minutes: int
) -> Interview:
    """Lay out an interview and begin it.

    Without a seed, one is drawn, and what is weak or was practiced long ago comes first. With one, it is
    that interview again if one of the same seed, level and minutes is kept; else the seed alone decides,
    so that two people have the same interview.

    Raises:
        NothingToAsk: the tree lacks the answers that an interview is made of.
        OSError: the interview cannot be kept.
    """
    chosen = random.SystemRandom().randrange(1, _MOST) if seed is None else seed
    laid = None if seed is None else _kept(root, exercises, seed, level, minutes)
    if laid is None:
        happened = past.entries(root) if seed is None else []
        pools = {
            QUESTION: [each for each in exercises if _has_answer(each, root / "solutions")],
            HUNT: [each for each in exercises if hunting.has_cases(each, root)],
            CODE: [each for each in exercises if desk.has_stub(each)],
        }
        rank = _rank(happened, root) if seed is None else lambda kind, id_: ()
        laid = rounds.lay_out(pools, seed=chosen, level=level, minutes=minutes, rank=rank)
        known = {exercise.id: exercise for exercise in exercises}
        cases = {
            each: hunting.choose([known[each.exercise]], root, (), happened, chosen).name
            for each in laid
            if each.kind == HUNT
        }
        laid = tuple(replace(each, case=cases.get(each, "")) for each in laid)
    return interviewing.begin(root, seed=chosen, level=level, minutes=minutes, rounds=laid)


def _kept(
    root: Path, exercises: Sequence[Exercise], seed: int, level: str, minutes: int
) -> tuple[Round, ...] | None:
    """Return the rounds of an interview that was held before, if all of its exercises are still there."""
    same = interviewing.find_same(root, seed=seed, level=level, minutes=minutes)
    known = {exercise.id for exercise in exercises}
    if same is None or not known.issuperset(each.exercise for each in same.state.rounds):
        return None
    return same.state.rounds


def _rank(happened: Sequence[Entry], root: Path) -> Rank:
    """Return what comes first; a hunt shows most of an exercise, and so is on a solved one if there is one."""
    weak_first, solved = past.weak_first(happened), progress.load(root).solved
    return lambda kind, id_: (kind == HUNT and id_ not in solved, *weak_first(kind, id_))


def _has_answer(exercise: Exercise, solutions: Path) -> bool:
    try:
        spoken.read(exercise, solutions)
    except spoken.NotThere:
        return False
    return True
