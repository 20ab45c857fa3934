"""Which code is the learner's, and which files it may not read: those that hold the solutions."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

Place = tuple[Path, int]
"""A file, and a line of it."""

MY_TESTS = "my_tests.py"
"""The name of the file in which a learner writes tests: see `kata.judge.written`."""

_READS_IT = (
    "This line reads the reference solution: solve the exercise without it, and compare afterwards."
)

_closed: list[tuple[Path, tuple[str, ...], str]] = []
"""The code under test: its folder, the folders that are closed to it, and what is said where it reads there."""


class LearnerError(Exception):
    """Something in the learner's file that the tests cannot get past.

    The first argument is a whole sentence without its place; ``file`` and ``line`` say where.
    """

    def __init__(self, sentence: str, file: Path, line: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.file = file
        self.line = line


@contextmanager
def refused(folder: Path, closed: tuple[Path, ...]) -> Iterator[None]:
    """Refuse what the learner's code in ``folder`` reads or imports from below the folders ``closed``.

    A folder is not closed to a module that stands in it.
    """
    refuse(folder, closed)
    try:
        yield
    finally:
        _closed.pop()


def refuse(folder: Path, closed: tuple[Path, ...], sentence: str = _READS_IT) -> None:
    """Do as `refused` does as long as this process lives."""
    _listen()
    others = tuple(f"{each}{os.sep}" for each in closed if not folder.is_relative_to(each))
    _closed.append((folder, others, sentence))


def is_of_tests(file: Path) -> bool:
    """Say whether a file holds tests, by its name: shipped ones, or those that a learner wrote."""
    return file.name.startswith("test_") or file.name == MY_TESTS


def is_the_learners(file: str, folder: Path) -> bool:
    """Say whether a file below ``folder`` is the learner's, and no part of the tests."""
    if not file.startswith(f"{folder}{os.sep}"):
        return False
    name = Path(file).name
    return not name.startswith("test_") and name != "conftest.py"


def file_of(module: object) -> str:
    """Return where a module says it comes from; what stands in the place of one may raise or say anything."""
    try:
        file = getattr(module, "__file__", None)
    except Exception:
        return ""
    return file if isinstance(file, str) else ""


def calling_line(folder: Path) -> Place | None:
    """Return file and line of the learner's code that led to this call; None if none did."""
    frame = sys._getframe(1)
    while frame is not None:
        if is_the_learners(frame.f_code.co_filename, folder):
            return Path(frame.f_code.co_filename), frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]
    return None


@cache
def _listen() -> None:
    """Have Python tell of every file that is opened; it cannot be told to stop, so this happens once."""
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _closed or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    name = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100  A path need not exist, and this is called often.
    for folder, closed, sentence in _closed:
        if name.startswith(closed) and (place := calling_line(folder)):
            raise LearnerError(sentence, *place)
