"""The files of an exercise, and what they are compared with: what was shipped, and the solution.

What was shipped is in ``kata/course/shipped.zip``, so that it all works without git, and on a tree in
which files are missing.
"""

import errno
import io
import zipfile
import zlib
from pathlib import Path

from kata.course import catalog, reading, sources
from kata.course.exercise import Exercise

ARCHIVE = sources.ARCHIVE

# The archive says what is in the tree, not when: the same tree gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)

# What a run of an exercise leaves beside it.
_LEFT_BEHIND = {"__pycache__", "instance"}


def shipped(exercise: Exercise) -> dict[str, bytes]:
    """Return every file of an exercise as it was shipped, by its path in the exercise's folder.

    Raises:
        OSError: the archive cannot be read, or is damaged.
    """
    prefix = f"{exercise.tier}/{exercise.id}/"
    if not ARCHIVE.is_file():
        return {}
    try:
        with zipfile.ZipFile(ARCHIVE) as archive:
            names = [name for name in archive.namelist() if name.startswith(prefix)]
            return {name.removeprefix(prefix): archive.read(name) for name in names}
    except (zipfile.BadZipFile, zlib.error, EOFError):
        said = "it is damaged; to restore it: git restore kata/course/shipped.zip"
        raise OSError(errno.EIO, said, str(ARCHIVE)) from None


def shipped_for_the_learner(exercise: Exercise) -> dict[str, bytes]:
    """Return the files that a learner may change as they were shipped."""
    return {
        name: content for name, content in shipped(exercise).items() if not exercise.is_given(name)
    }


def same_text(one: bytes, other: bytes) -> bool:
    """Say whether two files hold the same text; the ends of lines are the system's affair."""
    return one == other or one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")


def changed_by_the_learner(exercise: Exercise) -> bool:
    """Say whether a file that the learner is to edit differs from the shipped one."""
    originals = shipped_for_the_learner(exercise)
    return any(
        not is_as_shipped(exercise.folder / name, content) for name, content in originals.items()
    )


def changed_tests(exercise: Exercise) -> list[str]:
    """Return the shipped files that no learner should edit and that differ: tests and texts."""
    return sorted(
        name
        for name, content in shipped(exercise).items()
        if exercise.is_given(name) and not is_as_shipped(exercise.folder / name, content)
    )


def pack(root: Path) -> bytes:
    """Return the archive of the exercises as they are now."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for exercise in catalog.find_all(root / "exercises"):
            for path in sorted(exercise.folder.rglob("*")):
                inside = path.relative_to(exercise.folder)
                if path.is_file() and not _LEFT_BEHIND.intersection(inside.parts):
                    name = path.relative_to(root / "exercises").as_posix()
                    archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes())
    return buffer.getvalue()


def is_packed(root: Path) -> bool:
    """Say whether the archive holds the exercises as they are now; how it is compressed does not matter."""
    try:
        with zipfile.ZipFile(ARCHIVE) as archive, zipfile.ZipFile(io.BytesIO(pack(root))) as now:
            return {name: archive.read(name) for name in archive.namelist()} == {
                name: now.read(name) for name in now.namelist()
            }
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError):
        return False


def has_solution(exercise: Exercise, solutions: Path) -> bool:
    """Say whether there is a solution to compare with; a class may have been given none."""
    return exercise.within(solutions).is_dir()


def pairs(exercise: Exercise, solutions: Path) -> list[tuple[Path, Path]]:
    """Return the learner's files, each with its counterpart in the solution."""
    solution = exercise.within(solutions)
    names = [
        path.relative_to(solution)
        for path in sorted(solution.rglob("*"))
        if path.is_file() and path.name != "answer.md" and "__pycache__" not in path.parts
    ]
    return [(exercise.folder / name, solution / name) for name in names]


def is_as_shipped(path: Path, content: bytes) -> bool:
    """Say whether a file can be read and has the content that was shipped, line ends aside."""
    try:
        return same_text(reading.content(path), content)
    except OSError:
        return False
