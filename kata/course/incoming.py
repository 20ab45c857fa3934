"""What a new version changes, file by file, and how that meets what the learner has made of the files."""

import errno
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kata.course import stored, workspace
from kata.course.carrying import Step, digest, fingerprint
from kata.course.exercise import Exercise
from kata.course.stored import State

Merge = Callable[[bytes, bytes, bytes], bytes | None]
"""Merge mine and theirs, given their base; None if they contradict each other."""


@dataclass(frozen=True)
class Change:
    """A file that a new version changes: ``base`` is what was shipped, ``new`` what is; None for no file.

    What was shipped is not always ``known``. Where it is not, nobody can say who wrote what is there.
    """

    path: str
    base: bytes | None
    new: bytes | None
    executable: bool = False
    known: bool = True


@dataclass
class Meeting:
    """What is to be done, what stays (``kept``), what of the learner's makes room (``replaced``).

    ``before`` has the state of each file that is worth a backup.
    """

    steps: list[Step] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    kept: list[Change] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    replaced: list[Change] = field(default_factory=list)
    before: dict[str, State] = field(default_factory=dict)


def meet(root: Path, changes: Iterable[Change], merge: Merge) -> Meeting:
    """Say for each file what becomes of it; nothing is changed.

    A file that is the learner's to edit stays if it was edited. Every other one gets the new content,
    merged with what the learner wrote where that is possible.

    Raises:
        OSError: a folder or a link is in the way, or a file cannot be read.
    """
    found = Meeting()
    for change in changes:
        _refuse_obstacles(root, change)
        now = stored.state_of(root, change.path)
        if _same(now, change.new):
            continue
        is_shipped = change.known and _same(now, change.base)
        if is_shipped or now is None:
            _write(found, root, change, change.new)
        elif is_own(change.path):
            if not (change.known and _same(change.base, change.new)):
                found.kept.append(change)
                found.before[change.path] = now
        else:
            found.before[change.path] = now
            both = _merged(change, now, merge)
            if both is not None:
                found.merged.append(change.path)
            elif change.known:
                found.replaced.append(change)
            _write(found, root, change, change.new if both is None else both)
    return found


def is_own(path: str) -> bool:
    """Say whether a file, by its path in the project, is for a learner to edit."""
    exercise = exercise_of(path)
    return exercise is not None and not exercise.is_given(_name_in_exercise(path))


def exercise_of(path: str) -> Exercise | None:
    """Return the exercise that a path in the project belongs to, known by its folder below the project."""
    parts = PurePosixPath(path).parts
    return Exercise(Path(*parts[:3])) if len(parts) > 3 and parts[0] == "exercises" else None


def changed_tests(changes: Iterable[Change]) -> set[str]:
    """Return the ids of the exercises whose tests are others in the new version."""
    found = set()
    for change in changes:
        exercise = exercise_of(change.path)
        if exercise is None or change.new is None or _same(change.base, change.new):
            continue
        if _name_in_exercise(change.path) in (
            exercise.test_file.name,
            exercise.further_test_file.name,
        ):
            found.add(exercise.id)
    return found


def _name_in_exercise(path: str) -> str:
    return PurePosixPath(*PurePosixPath(path).parts[3:]).as_posix()


def _write(found: Meeting, root: Path, change: Change, content: bytes | None) -> None:
    after = None if content is None else digest(content)
    if after is not None and content is not None:
        found.contents[after] = content
    before = fingerprint(root / change.path)
    found.steps.append(Step(change.path, before, after, change.executable, is_own(change.path)))


def _merged(change: Change, now: State, merge: Merge) -> bytes | None:
    """Merge, but no test and no text of an exercise: those that were shipped are the ones that count."""
    texts = now, change.base, change.new
    if change.path.startswith("exercises/") or not all(isinstance(text, bytes) for text in texts):
        return None
    mine, base, theirs = texts
    assert isinstance(mine, bytes)
    assert base is not None
    assert theirs is not None
    return merge(mine, base, theirs)


def _same(one: State, other: State) -> bool:
    if isinstance(one, bytes) and isinstance(other, bytes):
        return workspace.same_text(one, other)
    return one == other


def _refuse_obstacles(root: Path, change: Change) -> None:
    """Refuse to go on where a folder is in the place of a file, or a file or a link in that of a folder."""
    path = root / change.path
    if change.new is None:
        return
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(
            errno.EISDIR, "it is a folder, and the new version has a file there", str(path)
        )
    for above in path.relative_to(root).parents:
        place = root / above
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            if place == root:
                continue
            raise NotADirectoryError(
                errno.ENOTDIR, "the new version has a folder there", str(place)
            )
