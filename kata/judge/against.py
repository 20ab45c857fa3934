"""``--against``: find the modules that the tests are to run on, wherever somebody has put them.

That may be a whole clone, a folder of the shape of ``exercises``, a tier, the folder of one exercise, or
a single module.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from kata.course import catalog
from kata.course.exercise import Exercise


class NothingToRun(Exception):
    """There is nothing at the given place. The message is a sentence."""


def folder_in(place: Path, exercise: Exercise) -> Path | None:
    """Return the folder of an exercise at this place, or None if the place has none for it."""
    for folder in (
        place / "exercises" / exercise.tier / exercise.id,
        place / exercise.tier / exercise.id,
        place / exercise.id,
    ):
        if folder.is_dir():
            return folder
    return place if place.name == exercise.id or _is_module_of(place, exercise) else None


def found(place: Path, exercises: Iterable[Exercise]) -> list[Exercise]:
    """Return the exercises that the place has anything for: of a whole tree, all.

    Raises:
        NothingToRun: there is no such place, or it has nothing for any exercise.
    """
    known = list(exercises)
    if any(
        (place / tier).is_dir() or (place / "exercises" / tier).is_dir() for tier in catalog.TIERS
    ):
        return known
    here = [exercise for exercise in known if folder_in(place, exercise)]
    if not here:
        raise NothingToRun(
            f"--against {place}: nothing there has the name of an exercise or of its module."
        )
    return here


def laid_out(module: Path, exercise: Exercise) -> Path:
    """Copy the shipped folder of an exercise, lay a single module over it, and return the copy.

    The copy is the caller's to remove.
    """
    folder = Path(tempfile.mkdtemp(prefix="kata-")) / exercise.id
    shutil.copytree(exercise.folder, folder, ignore=_not_to_copy)
    shutil.copyfile(module, folder / exercise.stub.name)
    return folder


def _not_to_copy(folder: str, names: list[str]) -> set[str]:
    """Return what is no part of an exercise, or cannot be copied: a folder may hold anything."""
    paths = [Path(folder) / name for name in names]
    return {
        path.name
        for path in paths
        if path.name == "__pycache__"
        or path.name.startswith(".")
        or not os.access(path, os.R_OK)
        or not (path.is_file() or (path.is_dir() and not path.is_symlink()))
    }


def _is_module_of(place: Path, exercise: Exercise) -> bool:
    return (place.is_file() and place.name == exercise.stub.name) or (
        place.is_dir() and (place / exercise.stub.name).is_file()
    )
