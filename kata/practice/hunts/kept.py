"""The answers that are kept for an exercise, right and wrong ones, and the code around them."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kata.course import workspace
from kata.course.exercise import Exercise
from kata.judge.verdict import catchers
from kata.practice.hunts.alternatives import RIGHT, WRONG, alternatives, difference
from kata.practice.hunts.remarks import Source

REFERENCE = "reference"
"""The name of the reference, which is a right answer, too."""


@dataclass(frozen=True)
class Answer:
    """An answer: its name, and its files as they are laid over the reference, by their path there.

    ``about`` is what its first comment says: of a wrong one, what is wrong. ``caught_by`` has the tests that
    tell so, by name.
    """

    name: str
    right: bool
    files: dict[str, Source]
    about: str = ""
    caught_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """All that is kept for one exercise in a tree; read on demand."""

    exercise: Exercise
    root: Path

    @property
    def names(self) -> list[str]:
        """List the answers by name, the reference first; without a reference, none."""
        return [REFERENCE, *self._places] if self.reference.files else []

    @cached_property
    def stub(self) -> dict[str, Source]:
        """Return the files that a learner may change, as they were shipped where that is known."""
        shipped = workspace.shipped_for_the_learner(self.exercise)
        found = {
            name: Source(name, content.decode("utf-8", "replace"))
            for name, content in shipped.items()
        }
        return found or _sources(self.exercise.folder, self.exercise.learner_files())

    @cached_property
    def reference(self) -> Answer:
        folder = self.exercise.within(self.root / "solutions")
        files = _sources(folder)
        files.pop("answer.md", None)
        return Answer(REFERENCE, True, files)

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """Return all answers that are kept by their names, the reference first."""
        found = (self._read(name, place) for name, place in self._places.items())
        return {answer.name: answer for answer in (self.reference, *found)}

    @property
    def right(self) -> list[Answer]:
        return [answer for answer in self.answers.values() if answer.right]

    @property
    def wrong(self) -> list[Answer]:
        return [answer for answer in self.answers.values() if not answer.right]

    def whole(self, answer: Answer) -> dict[str, Source]:
        """Return the files of an answer with those of the reference that it leaves as they are."""
        return {**self.reference.files, **answer.files}

    @cached_property
    def known_remarks(self) -> frozenset[str]:
        """Return the comments and docstrings that the stub or the reference has."""
        sources = [*self.stub.values(), *self.reference.files.values()]
        return frozenset(remark.text for source in sources for remark in source.remarks)

    @cached_property
    def _places(self) -> dict[str, Path]:
        kinds = (alternatives(self.exercise, kind, self.root) for kind in (RIGHT, WRONG))
        return {place.stem: place for kind in kinds for place in kind}

    def _read(self, name: str, place: Path) -> Answer:
        if place.is_dir():
            files = _sources(place)
        else:
            stub = self.exercise.stub.name
            files = {stub: Source(stub, place.read_text(encoding="utf-8"))}
        tests = tuple(catchers(place))
        return Answer(name, name.startswith("right"), files, difference(place), tests)


def _sources(folder: Path, files: Iterable[Path] | None = None) -> dict[str, Source]:
    """Return the texts in a folder by their path there; what is no text is left out."""
    found = {}
    for path in sorted(folder.rglob("*") if files is None else files):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(folder).as_posix()
            with contextlib.suppress(UnicodeDecodeError):
                found[name] = Source(name, path.read_text(encoding="utf-8"))
    return found
