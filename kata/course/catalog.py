"""Find the exercises of a tree, and say what each one consists of.

Everything is read from the tree: a folder ``exercises/<tier>/<id>`` with a test file is an exercise,
its README names the question and the steps, and the test classes hold the tests of each step.
"""

import ast
import difflib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TIERS = ("easy", "medium", "hard")

_ID = re.compile(r"[a-z]\d+_[a-z0-9_]+")
_TITLE = re.compile(r"^# (?:\w+ · )?(.+)$", re.MULTILINE)
_STEP = re.compile(r"^## Step (\d+): (.+?)\s*$\n(.*?)(?=^## |^\*\*Out of scope|\Z)", re.M | re.S)
_HINTS = re.compile(r"^## Step (\d+)\s*$\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_HINT = re.compile(r"^\d\. (.+?)(?=^\d\. |\Z)", re.MULTILINE | re.DOTALL)
_STEP_CLASS = re.compile(r"TestStep(\d+)\w*")


class UnknownExercise(LookupError):
    """A word names no exercise, or more than one. The message is a sentence for the learner."""


@dataclass(frozen=True)
class Step:
    """A step of an exercise: its heading and text in the README, and the names of its tests."""

    number: int
    title: str
    text: str
    tests: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Return the first paragraph of the text on one line."""
        return " ".join(self.text.strip().partition("\n\n")[0].split())


@dataclass(frozen=True)
class Exercise:
    """An exercise, known by its folder; the rest is read on demand."""

    folder: Path

    @property
    def id(self) -> str:
        """Return the name of the folder, such as ``e04_query_parameters``."""
        return self.folder.name

    @property
    def tier(self) -> str:
        return self.folder.parent.name

    @property
    def number(self) -> str:
        return self.id.partition("_")[0]

    @cached_property
    def slug(self) -> str:
        """Return the name of the learner's module, such as ``query_parameters``."""
        return self.id.partition("_")[2]

    @property
    def stub(self) -> Path:
        return self.folder / f"{self.slug}.py"

    @property
    def test_file(self) -> Path:
        return self.folder / f"test_{self.slug}.py"

    @property
    def readme(self) -> Path:
        return self.folder / "README.md"

    @property
    def hints(self) -> Path:
        return self.folder / "hints.md"

    def within(self, tree: Path) -> Path:
        """Return the folder of this exercise in another tree, such as ``solutions``."""
        return tree / self.tier / self.id

    def is_given(self, name: str) -> bool:
        """Say whether the file of this name is given and not for the learner to change: tests and texts."""
        return name in self._given

    def learner_files(self) -> list[Path]:
        """List the files below the folder that a learner may change, in a stable order."""
        return sorted(Path(entry.path) for entry in self._own_entries())

    @property
    def files_to_edit(self) -> list[Path]:
        """List the stub and the other files that the README, above its steps, says to edit."""
        above = _read(self.readme).partition("\n## ")[0]
        others = [path for path in self.learner_files() if path != self.stub]
        named = [
            path for path in others if f"`{path.relative_to(self.folder).as_posix()}`" in above
        ]
        return [self.stub, *named]

    def state(self) -> str:
        """Return a text that is another one after a learner has saved, added or removed a file."""
        return " ".join(
            sorted(f"{name}:{stat.st_mtime_ns}:{stat.st_size}" for name, stat in self._stats())
        )

    def changed_at(self) -> int:
        """Return the latest change in ns; the folder changes when a file in it is removed."""
        folder = self.folder.stat().st_mtime_ns
        return max([folder, *(stat.st_mtime_ns for _, stat in self._stats())])

    def _stats(self) -> Iterator[tuple[str, os.stat_result]]:
        for entry in self._own_entries():
            with suppress(OSError):  # It may vanish meanwhile: editors write in steps.
                yield entry.name, entry.stat()

    def _own_entries(self) -> "Iterator[os.DirEntry[str]]":
        folders: list[str | Path] = [self.folder]
        for folder in folders:
            for entry in _entries(folder):
                if entry.name in self._given or is_leftover(entry.name):
                    continue
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    yield entry

    @cached_property
    def _given(self) -> frozenset[str]:
        return frozenset({"README.md", "hints.md", "conftest.py", f"test_{self.slug}.py"})

    @cached_property
    def title(self) -> str:
        """Return the question: the README's heading without the number, or the slug."""
        match = _TITLE.search(_read(self.readme))
        return match[1].strip() if match else self.slug

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return the README's steps, each with the tests of its class in the test file."""
        classes = dict(_step_classes(self.test_file))
        tests = {int(_STEP_CLASS.fullmatch(name)[1]): names for name, names in classes.items()}  # type: ignore[index]
        return tuple(
            Step(int(number), title, text.strip(), tests.get(int(number), ()))
            for number, title, text in _STEP.findall(_read(self.readme))
        )

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """Return every test of the file as ``Class::test_name``, in order, without its parameters."""
        return tuple(
            f"{name}::{test}" for name, tests in _classes(self.test_file) for test in tests
        )

    def hints_of(self, step: int) -> tuple[str, ...]:
        """Return the hints of a step, from a nudge to nearly the code."""
        for number, text in _HINTS.findall(_read(self.hints)):
            if int(number) == step:
                return tuple(hint.strip() for hint in _HINT.findall(text))
        return ()

    def step_of(self, class_name: str) -> Step | None:
        """Return the step that a test class stands for."""
        match = _STEP_CLASS.fullmatch(class_name)
        return next((s for s in self.steps if match and s.number == int(match[1])), None)


def find_all(tree: Path) -> list[Exercise]:
    """List the exercises below ``tree``, tier by tier, in the order of their numbers."""
    found = [
        Exercise(Path(folder.path))
        for tier in _entries(tree)
        for folder in _entries(tier.path)
        if _is_exercise(folder.name, folder.path)
    ]
    return sorted(found, key=_order)


def is_leftover(name: str) -> bool:
    """Say whether Python or an editor has put a file or folder of this name beside the learner's."""
    return name == "__pycache__" or name.startswith(".") or name.endswith(("~", ".swp", ".tmp"))


def owner(path: Path, tree: Path) -> Exercise | None:
    """Return the exercise of ``tree`` that a file or folder belongs to."""
    try:
        parts = path.relative_to(tree).parts
    except ValueError:
        return None
    folder = tree.joinpath(*parts[:2])
    return Exercise(folder) if len(parts) >= 2 and _is_exercise(folder.name, folder) else None


def find(word: str, exercises: Iterable[Exercise]) -> Exercise:
    """Return the exercise that ``word`` names: its id, number, slug, folder, or a unique part of the id.

    Raises:
        UnknownExercise: no exercise, or more than one, has that name.
    """
    known = list(exercises)
    word = Path(word).name if Path(word).name else word
    for exercise in known:
        if word in (exercise.id, exercise.number, exercise.slug):
            return exercise
    matches = [exercise for exercise in known if word and word.lower() in exercise.id]
    if len(matches) == 1:
        return matches[0]
    if matches:
        names = ", ".join(exercise.id for exercise in matches)
        raise UnknownExercise(f"“{word}” fits more than one exercise: {names}.")
    spellings = [name for e in known for name in (e.id, e.number, e.slug)]
    close = difflib.get_close_matches(word.lower(), spellings, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise UnknownExercise(f"There is no exercise “{word}”.{hint}")


def _is_exercise(name: str, folder: str | Path) -> bool:
    slug = name.partition("_")[2]
    return bool(_ID.fullmatch(name)) and os.path.isfile(f"{folder}/test_{slug}.py")  # noqa: PTH113


def _entries(folder: str | Path) -> "list[os.DirEntry[str]]":
    """List a folder; nothing if it is none. A tree is read at every save, and pathlib is slow at that."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _order(exercise: Exercise) -> tuple[int, str, str]:
    tier = exercise.tier
    return (TIERS.index(tier) if tier in TIERS else len(TIERS), tier, exercise.id)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _step_classes(test_file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((name, tests) for name, tests in _classes(test_file) if _STEP_CLASS.fullmatch(name))


def _classes(test_file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        tree = ast.parse(_read(test_file))
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield (
                node.name,
                tuple(
                    item.name
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")
                ),
            )
