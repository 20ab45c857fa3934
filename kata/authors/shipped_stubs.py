"""Exercises as nobody has touched them, in a tree where somebody has solved some."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kata.course import workspace
from kata.course.exercise import Exercise


@contextlib.contextmanager
def laid_out(exercises: Iterable[Exercise]) -> Iterator[dict[Exercise, Exercise]]:
    """Lay those exercises whose stubs were changed out beside the tree, with the stubs that were shipped.

    Tests and texts are as they are in the tree. The copies are there as long as the context is.

    Raises:
        OSError: the archive of what was shipped cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="kata-") as folder:
        yield {
            exercise: _lay_out(exercise, Path(folder) / "exercises")
            for exercise in exercises
            if workspace.changed_by_the_learner(exercise)
        }


def note(exercise: Exercise, root: Path) -> str:
    """Return the sentence that says which stub was checked."""
    stub = exercise.stub.relative_to(root).as_posix()
    return (
        f"{stub} was changed: the shipped one was checked. For authors: --as-edited, and kata pack"
    )


def _lay_out(exercise: Exercise, tree: Path) -> Exercise:
    copy = Exercise(exercise.within(tree))
    copy.folder.mkdir(parents=True)
    for file in sorted(exercise.folder.iterdir()):
        if exercise.is_given(file.name):
            shutil.copyfile(file, copy.folder / file.name)
    for name, content in workspace.shipped_for_the_learner(exercise).items():
        file = copy.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return copy
