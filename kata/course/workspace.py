"""Everything that touches a learner's files: reset, undo, and what they are compared with.

What was shipped is in ``kata/shipped.zip``, so that it all works without git, and on a tree in which
files are missing. Before a file changes, the learner's version is whole under ``.kata/backups``.
"""

import io
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kata.course import catalog, replacing
from kata.course.exercise import Exercise

ARCHIVE = Path(__file__).parent / "shipped.zip"

# The archive says what is in the tree, not when: the same tree gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class NothingToDo(Exception):
    """There is nothing to reset or to restore. The message is a sentence for the learner."""


@dataclass(frozen=True)
class Change:
    """What a reset or an undo did: the files it replaced, and where the previous ones are."""

    files: tuple[Path, ...]
    backup: Path


def reset(exercise: Exercise, root: Path) -> Change:
    """Bring the shipped files of an exercise back, after storing the learner's.

    Files that the learner added stay where they are.

    Raises:
        NothingToDo: the learner's files are as they were shipped.
    """
    return _restore(exercise, root, _learners(exercise, shipped(exercise)), "is as it was shipped")


def undo(exercise: Exercise, root: Path) -> Change:
    """Bring the files of the newest backup back, after storing the present ones.

    So a second undo takes the first one back.

    Raises:
        NothingToDo: there is no backup, or the files are those of the backup.
    """
    backups = backups_of(exercise, root)
    if not backups:
        raise NothingToDo(f"There is no backup of {exercise.number}: nothing was reset.")
    stored = {
        str(path.relative_to(backups[-1])): path.read_bytes()
        for path in sorted(backups[-1].rglob("*"))
        if path.is_file()
    }
    return _restore(exercise, root, stored, f"is as in its backup {backups[-1].name}")


def backups_of(exercise: Exercise, root: Path) -> list[Path]:
    """List the backups of an exercise, the newest last."""
    folder = root / ".kata" / "backups" / exercise.id
    return sorted(path for path in folder.glob("[0-9]*") if path.is_dir())


def shipped(exercise: Exercise) -> dict[str, bytes]:
    """Return every file of an exercise as it was shipped, by its path in the exercise's folder."""
    prefix = f"{exercise.tier}/{exercise.id}/"
    if not ARCHIVE.is_file():
        return {}
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = [name for name in archive.namelist() if name.startswith(prefix)]
        return {name.removeprefix(prefix): archive.read(name) for name in names}


def changed_by_the_learner(exercise: Exercise) -> bool:
    """Say whether a file that the learner is to edit differs from the shipped one."""
    originals = _learners(exercise, shipped(exercise))
    return any(_read(exercise.folder / name) != content for name, content in originals.items())


def changed_tests(exercise: Exercise) -> list[str]:
    """Return the shipped files that no learner should edit and that differ: tests and texts."""
    originals = shipped(exercise)
    ours = originals.keys() - _learners(exercise, originals).keys()
    return sorted(name for name in ours if _read(exercise.folder / name) != originals[name])


def pack(root: Path) -> bytes:
    """Return the archive of the exercises as they are now."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for exercise in catalog.find_all(root / "exercises"):
            for path in sorted(exercise.folder.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    name = str(path.relative_to(root / "exercises"))
                    archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes())
    return buffer.getvalue()


def pairs(exercise: Exercise, solutions: Path) -> list[tuple[Path, Path]]:
    """Return the learner's files, each with its counterpart in the solution."""
    solution = exercise.within(solutions)
    names = [
        path.relative_to(solution)
        for path in sorted(solution.rglob("*"))
        if path.is_file() and path.name != "answer.md" and "__pycache__" not in path.parts
    ]
    return [(exercise.folder / name, solution / name) for name in names]


def _restore(exercise: Exercise, root: Path, contents: dict[str, bytes], same: str) -> Change:
    different = [
        name for name, content in contents.items() if _read(exercise.folder / name) != content
    ]
    if not different:
        raise NothingToDo(f"{exercise.number} {same}: nothing to do.")
    backup = _back_up(exercise, root)
    for name in different:
        replacing.replace(exercise.folder / name, contents[name])
    return Change(tuple(exercise.folder / name for name in different), backup)


def _back_up(exercise: Exercise, root: Path) -> Path:
    """Store the learner's files; the backup appears under its name when it is complete."""
    folder = root / ".kata" / "backups" / exercise.id
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder, prefix="unfinished-"))
    for path in exercise.learner_files():
        copy = unfinished / path.relative_to(exercise.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        with copy.open("rb") as stream:
            os.fsync(stream.fileno())
    backup = folder / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
    unfinished.rename(backup)
    return backup


def _learners(exercise: Exercise, contents: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in contents.items() if not exercise.is_given(name)}


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
