"""Choose the exercise of a focused run, and the one that it goes on with."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kata.course.exercise import Exercise
from kata.course.progress import Progress


def named(config: pytest.Config, exercises: list[Exercise]) -> list[Exercise]:
    """Return the exercises below the paths that were given; without any, all."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return exercises
    base = config.invocation_params.dir
    paths = [(base / arg.partition("::")[0]).resolve() for arg in config.args]
    return [e for e in exercises if any(_overlap(e.folder, path) for path in paths)]


def chosen(
    candidates: list[Exercise], state: Progress, seen: Mapping[str, str], at: str | None
) -> list[Exercise]:
    """Return the exercise to run, and the one to go on with when it is solved.

    It is the one with the id ``at``, else the one whose files changed last since the previous focused run,
    which left them as ``state`` says and not as they are ``seen`` now, else the current one while something
    is left to solve in it, else the first of these. After the last of them comes the first again.
    """
    wanted = next((exercise for exercise in candidates if exercise.id == at), None)
    changed = [
        exercise
        for exercise in candidates
        if state.seen.get(exercise.id, seen[exercise.id]) != seen[exercise.id]
    ]
    unsolved = [exercise for exercise in candidates if exercise.id not in state.done]
    if wanted is not None and wanted not in changed and wanted not in unsolved:
        return [wanted]  # Somebody looks at it again, or goes further with it.
    if wanted is not None:
        first = wanted
    elif changed:
        first = max(changed, key=Exercise.changed_at)
    elif unsolved:
        first = next((each for each in unsolved if each.id == state.current), unsolved[0])
    else:
        return candidates[-1:]
    others = [exercise for exercise in unsolved if exercise != first]
    others.sort(key=lambda each: candidates.index(each) < candidates.index(first))
    return [first, *others[:1]]


def _overlap(folder: Path, path: Path) -> bool:
    return folder.is_relative_to(path) or path.is_relative_to(folder)
