"""Which exercise a test belongs to, where its learner's files are, and how much of it is selected."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from kata.course import catalog
from kata.course.catalog import Exercise

_OWNER = pytest.StashKey[Exercise | None]()
_DESELECTED = pytest.StashKey[set[Exercise]]()
_RECORDS = pytest.StashKey[dict[Exercise, dict[str, Any]]]()


def tree_under_test(config: pytest.Config) -> Path:
    """Return the tree whose modules the tests run: ``exercises``, or that of ``--against``."""
    against: str | None = config.getoption("against")
    if not against:
        return config.rootpath / "exercises"
    here = config.invocation_params.dir / against
    return (here if here.is_dir() else config.rootpath / against).resolve()


def exercise_of(item: pytest.Item) -> Exercise | None:
    """Return the exercise that a test belongs to, if any."""
    if _OWNER not in item.stash:
        item.stash[_OWNER] = catalog.owner(item.path, item.config.rootpath / "exercises")
    return item.stash[_OWNER]


def folder_of(item: pytest.Item) -> Path:
    """Return the folder of the learner's files that a test of an exercise runs."""
    exercise = exercise_of(item)
    assert exercise is not None, f"{item.nodeid} belongs to no exercise"
    return exercise.within(tree_under_test(item.config))


def note_deselected(items: Iterable[pytest.Item]) -> None:
    for item in items:
        if (exercise := exercise_of(item)) is not None:
            item.config.stash.setdefault(_DESELECTED, set()).add(exercise)


def note_selected(session: pytest.Session) -> None:
    """Note for each exercise how many of its tests will run, and whether these are all it has."""
    chosen: dict[Exercise, set[str]] = defaultdict(set)
    total: dict[Exercise, int] = defaultdict(int)
    for item in session.items:
        if (exercise := exercise_of(item)) is not None:
            chosen[exercise].add(item.nodeid.partition("::")[2].partition("[")[0])
            total[exercise] += 1
    deselected = session.config.stash.get(_DESELECTED, set())
    # A test that is named with its parameters leaves its other parameters out.
    in_part = {Path(arg.partition("::")[0]).name for arg in session.config.args if "[" in arg}
    session.config.stash[_RECORDS] = {
        exercise: {
            "exercise": exercise.id,
            "total": total[exercise],
            "complete": exercise not in deselected
            and exercise.test_file.name not in in_part
            and names >= set(exercise.tests),
        }
        for exercise, names in chosen.items()
    }


def record_of(item: pytest.Item) -> dict[str, Any]:
    """Return what every report of a test says of its exercise: ``exercise``, ``total``, ``complete``."""
    exercise = exercise_of(item)
    return dict(item.config.stash[_RECORDS][exercise]) if exercise else {}
