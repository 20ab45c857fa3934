"""What has to be renewed after an exercise was written: the archive, and what the README shows."""

from collections.abc import Iterator
from pathlib import Path

from kata.authors import front
from kata.course import catalog, progress, replacing, workspace
from kata.course.exercise import Exercise


class NotPacked(Exception):
    """Something would be shipped that should not be. The message is a sentence for the author."""


def pack(root: Path) -> list[str]:
    """Renew what is old; return the files that were written.

    Raises:
        NotPacked: a stub is solved, or the first screen cannot be shown; nothing is written for the first.
    """
    solved = progress.load(root).solved
    for exercise in catalog.find_all(root / "exercises"):
        _refuse_solved(exercise, root, solved)
    written = []
    if not workspace.is_packed(root):
        replacing.replace(workspace.ARCHIVE, workspace.pack(root))
        written.append(workspace.ARCHIVE.relative_to(root).as_posix())
    readme = root / "README.md"
    if readme.is_file():
        before = readme.read_text(encoding="utf-8")
        after = front.with_parts(before, front.parts(root))
        if after != before:
            replacing.replace(readme, after.encode())
            written.append("README.md")
    if _has_pictures(root):
        try:
            screen = front.first_screen(root)
        except front.NoScreen as error:
            raise NotPacked(str(error)) from None
        for file, theme in front.pictures(root).items():
            if not file.is_file() or not front.is_of(file.read_text(encoding="utf-8"), screen):
                replacing.replace(file, front.picture(screen, theme).encode())
                written.append(file.relative_to(root).as_posix())
    return written


def old(root: Path, exercises: list[Exercise]) -> Iterator[str]:
    """Yield a sentence for each part of these exercises that is not packed, and for what the README shows."""
    for exercise in exercises:
        folder = exercise.folder.relative_to(root).as_posix()
        if not workspace.shipped(exercise):
            yield f"{folder} is not packed yet: kata pack"
        elif changed := workspace.changed_tests(exercise):
            yield f"{folder}/{changed[0]} is another one than was packed: kata pack"
    readme = root / "README.md"
    if readme.is_file():
        text = readme.read_text(encoding="utf-8")
        for name, part in front.parts(root).items():
            if front.with_parts(text, {name: part}) != text:
                yield f"README.md: the part “{name}” is old: kata pack"


def old_pictures(root: Path) -> Iterator[str]:
    """Yield a sentence for each picture that does not show the first screen as it is."""
    if not _has_pictures(root):
        return
    try:
        screen = front.first_screen(root)
    except front.NoScreen as error:
        yield str(error)
        return
    for file in front.pictures(root):
        if not file.is_file() or not front.is_of(file.read_text(encoding="utf-8"), screen):
            yield f"{file.relative_to(root).as_posix()} is old: kata pack"


def _has_pictures(root: Path) -> bool:
    return (root / "docs").is_dir()


def _refuse_solved(exercise: Exercise, root: Path, solved: set[str]) -> None:
    """Refuse to ship a stub that somebody has solved."""
    if not exercise.stub.is_file():
        return
    is_finished = b"# TODO" not in exercise.stub.read_bytes()
    if is_finished or (exercise.id in solved and workspace.changed_by_the_learner(exercise)):
        raise NotPacked(
            f"{exercise.stub.relative_to(root).as_posix()} is solved, and would be shipped like that. "
            f"To bring the stub back: kata reset {exercise.number}; then: kata pack"
        )
