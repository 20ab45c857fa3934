"""Solve an exercise again: the stub comes back, and what was reached with it stays."""

from pathlib import Path

from kata.course import backups, progress, workspace
from kata.course.backups import Change
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.course.standing import AGAIN, AT
from kata.practice.schedule.tries import RATED


class Refused(Exception):
    """An exercise cannot be put back. The message is a sentence for the learner."""


def put_back(exercise: Exercise, root: Path) -> Change | None:
    """Store the learner's solution and bring the stub back; return what that changed, if anything.

    The exercise stays solved and mastered, and is at hand. That it begins again is written down before any
    file is changed: so a run in between takes nothing away.

    Raises:
        Refused: it was never solved, is put back already, or nothing can be written down.
        NothingToDo: it is not known how the stub was.
        OSError: the stub could not be brought back; what the learner wrote is where it was, or in a backup.
    """
    number, state = exercise.number, progress.load(root)
    if exercise.id not in state.solved:
        raise Refused(
            state.message
            or f"{number} was not solved yet, so there is nothing to solve again. To solve it: kata {number}"
        )
    if exercise.id in state.again:
        raise Refused(
            f"{number} is put back already. To solve it: kata {number}. "
            f"To have the stub once more: kata reset {number}"
        )
    if not workspace.shipped_for_the_learner(exercise):
        backups.reset(exercise, root)  # It says why that is not possible.
    said = progress.note(root, Note(AGAIN, exercise.id), Note(AT, exercise.id))
    if exercise.id not in progress.load(root).again:
        raise Refused(said or "Progress could not be saved. To see why: kata doctor")
    try:
        return backups.reset(exercise, root)
    except backups.NothingToDo:
        return None  # The stub is as it was shipped: it was solved elsewhere, or reset by hand.


def rate(exercise: Exercise, rating: str, root: Path) -> str | None:
    """Write down how well the learner solved an exercise; return a sentence if that could not be done."""
    return progress.note(root, Note(RATED, exercise.id, {"card": "solve", "rating": rating}))
