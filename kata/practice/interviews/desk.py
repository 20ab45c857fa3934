"""The desk of an interview: an exercise as it was shipped, in a folder of its own.

The learner's own files stay untouched. Hints and solutions are not on it, and the tests that lie there
are for reading: those that count run from the tree.
"""

from pathlib import Path

from kata.course import replacing, workspace
from kata.course.exercise import Exercise


def has_stub(exercise: Exercise) -> bool:
    """Say whether an exercise can be had as it was shipped."""
    return exercise.stub.name in workspace.shipped(exercise)


def lay_out(exercise: Exercise, folder: Path) -> Exercise:
    """Lay an exercise out below ``folder`` and return it there; what lies there already is left alone.

    Raises:
        OSError: it cannot be read or written.
    """
    desk = Exercise(exercise.within(folder / "exercises"))
    for name, content in workspace.shipped(exercise).items():
        file = desk.folder / name
        if file.name != exercise.hints.name and not file.exists():
            replacing.clear(file)
            replacing.replace(file, content, durable=False)
    return desk
