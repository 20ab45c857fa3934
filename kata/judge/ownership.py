"""Which exercise a test belongs to, where its learner's files are, and how much of it is selected."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.judge import against
from kata.judge.recorder import CORE, FURTHER

_LAID_OUT = pytest.StashKey[dict[Exercise, Path]]()
_OWNER = pytest.StashKey[Exercise | None]()
_KNOWN = pytest.StashKey[dict[Exercise, Exercise]]()
_DESELECTED = pytest.StashKey[set[tuple[Exercise, str]]]()
_RECORDS = pytest.StashKey[dict[tuple[Exercise, str], dict[str, Any]]]()


def tree_under_test(config: pytest.Config) -> Path:
    """Return the place whose modules the tests run: ``exercises``, or that of ``--against``."""
    place: str | None = config.getoption("against")
    if not place:
        return config.rootpath / "exercises"
    here = config.invocation_params.dir / place
    return (here if here.exists() else config.rootpath / place).resolve()


def exercise_of(item: pytest.Item) -> Exercise | None:
    """Return the exercise that a test belongs to, if any."""
    if _OWNER not in item.stash:
        found = catalog.owner(item.path, item.config.rootpath / "exercises")
        # One for all its tests: it reads its files only once.
        known = item.config.stash.setdefault(_KNOWN, {})
        item.stash[_OWNER] = known.setdefault(found, found) if found else None
    return item.stash[_OWNER]


def folder_of(item: pytest.Item) -> Path:
    """Return the folder of the learner's files that a test of an exercise runs."""
    exercise = exercise_of(item)
    assert exercise is not None, f"{item.nodeid} belongs to no exercise"
    if not item.config.getoption("against"):
        return exercise.folder
    place = tree_under_test(item.config)
    if not place.is_file():
        return against.folder_in(place, exercise) or exercise.within(place)
    laid_out = item.config.stash.setdefault(_LAID_OUT, {})
    if exercise not in laid_out:
        laid_out[exercise] = against.laid_out(place, exercise)
        item.config.add_cleanup(lambda: rmtree(laid_out[exercise].parent, ignore_errors=True))
    return laid_out[exercise]


def argument_for(file: Path, config: pytest.Config) -> str:
    """Return a path as pytest takes it: what follows a bracket in a folder's name it takes for parameters."""
    try:
        return os.path.relpath(file, config.invocation_params.dir)
    except ValueError:  # On another drive of Windows.
        return str(file)


def leave_out_what_is_not_there(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of exercises that the place of ``--against`` has nothing for.

    Raises:
        pytest.UsageError: it has nothing for any of them.
    """
    owners = {owner for item in items if (owner := exercise_of(item)) is not None}
    place = tree_under_test(config)
    if (
        place.is_file() and len(owners) == 1
    ):  # It may have any name: there is no doubt what it is for.
        return
    try:
        found = against.found(place, owners) if owners else []
    except against.NothingToRun as error:
        raise pytest.UsageError(str(error)) from None
    absent = [item for item in items if exercise_of(item) in owners.difference(found)]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]


def part_of(item: pytest.Item) -> str:
    """Say whether a test of an exercise belongs to its core or to its further steps."""
    exercise = exercise_of(item)
    name = item.nodeid.partition("::")[2]
    return FURTHER if exercise is not None and exercise.is_further(name) else CORE


def note_deselected(items: Iterable[pytest.Item]) -> None:
    for item in items:
        if (exercise := exercise_of(item)) is not None:
            item.config.stash.setdefault(_DESELECTED, set()).add((exercise, part_of(item)))


def note_selected(session: pytest.Session) -> None:
    """Note for each exercise how many of its tests will run, and whether these are all of a part."""
    chosen: dict[tuple[Exercise, str], set[str]] = defaultdict(set)
    tests: Counter[tuple[Exercise, str]] = Counter()
    for item in session.items:
        if (exercise := exercise_of(item)) is not None:
            key = exercise, part_of(item)
            chosen[key].add(item.nodeid.partition("::")[2].partition("[")[0])
            tests[key] += 1
    deselected = session.config.stash.get(_DESELECTED, set())
    # A test that is named with its parameters leaves its other parameters out.
    in_part = {Path(arg.partition("::")[0]).name for arg in session.config.args if "[" in arg}
    session.config.stash[_RECORDS] = {
        (exercise, part): {
            "exercise": exercise.id,
            "part": part,
            "tests": tests[exercise, part],
            "total": tests[exercise, CORE] + tests[exercise, FURTHER],
            "complete": (exercise, part) not in deselected
            and not in_part & {file.name for file in exercise.test_files}
            and names >= _names(exercise, part),
        }
        for (exercise, part), names in chosen.items()
    }


def record_of(item: pytest.Item) -> dict[str, Any]:
    """Return what every report of a test says of its exercise.

    That is ``exercise``, its id; ``part``, core or further; ``tests``, how many of the part run;
    ``total``, how many of the exercise; and ``complete``, whether these are all that the part has.
    """
    exercise = exercise_of(item)
    return dict(item.config.stash[_RECORDS][exercise, part_of(item)]) if exercise else {}


def _names(exercise: Exercise, part: str) -> set[str]:
    return {test for test in exercise.tests if exercise.is_further(test) == (part == FURTHER)}
