"""Find the exercises of a tree.

A folder ``exercises/<tier>/<id>`` with a test file is an exercise; there is no list beside the tree.
"""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from kata.course.exercise import Exercise
from kata.course.sources import entries_of

TIERS = ("easy", "medium", "hard")

_ID = re.compile(r"[a-z]\d+_[a-z0-9_]+")


class UnknownExercise(LookupError):
    """A word names no exercise, or more than one. The message is a sentence for the learner."""


def find_all(tree: Path) -> list[Exercise]:
    """List the exercises below ``tree``, tier by tier, in the order of their numbers."""
    found = [
        Exercise(Path(folder.path))
        for tier in entries_of(tree)
        for folder in entries_of(tier.path)
        if _is_exercise(folder.name, folder.path)
    ]
    return sorted(found, key=_order)


def owner(path: Path, tree: Path) -> Exercise | None:
    """Return the exercise of ``tree`` that a file or folder belongs to."""
    try:
        parts = path.relative_to(tree).parts
    except ValueError:
        return None
    folder = tree.joinpath(*parts[:2])
    return Exercise(folder) if len(parts) >= 2 and _is_exercise(folder.name, folder) else None


def find(word: str, exercises: Iterable[Exercise]) -> Exercise:
    """Return the exercise that ``word`` names: its id, number, slug, folder, or a unique part of the id.

    Raises:
        UnknownExercise: no exercise, or more than one, has that name.
    """
    known = list(exercises)
    word = Path(word).name if Path(word).name else word
    for exercise in known:
        if word in (exercise.id, exercise.number, exercise.slug):
            return exercise
    matches = [exercise for exercise in known if word and word.lower() in exercise.id]
    if len(matches) == 1:
        return matches[0]
    if matches:
        names = ", ".join(exercise.id for exercise in matches)
        raise UnknownExercise(f"“{word}” fits more than one exercise: {names}.")
    spellings = [name for e in known for name in (e.id, e.number, e.slug)]
    close = difflib.get_close_matches(word.lower(), spellings, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise UnknownExercise(f"There is no exercise “{word}”.{hint}")


def _is_exercise(name: str, folder: str | Path) -> bool:
    slug = name.partition("_")[2]
    return bool(_ID.fullmatch(name)) and os.path.isfile(f"{folder}/test_{slug}.py")  # noqa: PTH113


def _order(exercise: Exercise) -> tuple[int, str, str]:
    tier = exercise.tier
    return (TIERS.index(tier) if tier in TIERS else len(TIERS), tier, exercise.id)
