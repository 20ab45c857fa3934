"""What one exercise consists of: its files, and the steps and tests that they hold.

Everything is read from the tree. The README's headings are the steps; those below ``# Going further``
are optional. The test classes hold the tests of each step.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kata.course import reading
from kata.course.sources import Look, state_of

_TITLE = re.compile(r"^# (?:\w+ · )?(.+)$", re.MULTILINE)
_FURTHER = re.compile(r"^# Going further\s*$", re.MULTILINE)
_STEP = re.compile(
    r"^## Step (\d+): (.+?)\s*$\n(.*?)(?=^## |^# Going further|^\*\*Out of scope|\Z)", re.M | re.S
)
_MINUTES = re.compile(r"\*\*About\*\* (\d+) minutes")
_HINTS = re.compile(r"^## Step (\d+)\s*$\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_HINT = re.compile(r"^\d\. (.+?)(?=^\d\. |\Z)", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"`([\w.-]+(?:/[\w.-]+)*)`")
_STEP_CLASS = re.compile(r"TestStep(\d+)\w*")


@dataclass(frozen=True)
class Step:
    """A step of an exercise: its heading and text in the README, and the names of its tests.

    ``further`` says that it goes beyond the core. ``minutes`` is what the README states for the step.
    """

    number: int
    title: str
    text: str
    tests: tuple[str, ...]
    further: bool = False
    minutes: int | None = None

    @property
    def asked(self) -> str:
        """Return the text without the minutes above it."""
        return _MINUTES.sub("", self.text, count=1).strip()

    @property
    def summary(self) -> str:
        """Return the first paragraph that asks for something, on one line."""
        return " ".join(self.asked.partition("\n\n")[0].split())


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
        """Return the file with the tests of the core."""
        return self.folder / f"test_{self.slug}.py"

    @property
    def further_test_file(self) -> Path:
        """Return the file with the tests of the further steps, which may stand in it."""
        return self.folder / f"test_{self.slug}_further.py"

    @property
    def test_files(self) -> list[Path]:
        """List the test files that there are, that of the core first."""
        further = self.further_test_file
        return [self.test_file, *([further] if further.is_file() else [])]

    @property
    def readme(self) -> Path:
        return self.folder / "README.md"

    @property
    def text(self) -> str:
        """Return what the README says."""
        return reading.text(self.readme)

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
        """List the sources below the folder that a learner may change, in a stable order."""
        return [self.folder / name for name, _ in self.look().files()]

    @property
    def files_to_edit(self) -> list[Path]:
        """List the stub and the other files that the README, above its steps, says to edit."""
        above = self.text.partition("\n## ")[0]
        named = {name for name in _NAMED.findall(above) if (self.folder / name).is_file()}
        others = sorted(named - self._given - {self.stub.name})
        return [self.stub, *(self.folder / name for name in others)]

    def look(self) -> Look:
        """Return a look at the sources that a learner may change; see `kata.course.sources`."""
        return Look(self.folder, but=self._given)

    def state(self, digests: Mapping[str, str] | None = None) -> str:
        """Return a text that is another one after a learner has saved, added or removed a source.

        ``digests`` are those of a look at the folder, for who has them already.
        """
        if digests is None:
            digests = self.look().digests()
        return state_of({name: digests[name] for name in digests if not self.is_given(name)})

    def changed_at(self) -> int:
        """Return the latest change of a source in ns."""
        return self.look().changed_at(expected=[self.stub.name])

    @cached_property
    def _given(self) -> frozenset[str]:
        tests = {self.test_file.name, self.further_test_file.name}
        return frozenset({"README.md", "hints.md", "conftest.py", *tests})

    @cached_property
    def title(self) -> str:
        """Return the question: the README's heading without the number, or the slug."""
        match = _TITLE.search(self.text)
        return match[1].strip() if match else self.slug

    @cached_property
    def minutes(self) -> int | None:
        """Return the minutes that the README states for the core."""
        match = _MINUTES.search(self.text.partition("\n## ")[0])
        return int(match[1]) if match else None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return the README's steps, each with the tests of its class in the test files."""
        text = self.text
        beyond = _FURTHER.search(text)
        steps = []
        for heading in _STEP.finditer(text):
            number, body = int(heading[1]), heading[3].strip()
            minutes = _MINUTES.match(body)
            steps.append(
                Step(
                    number,
                    heading[2],
                    body,
                    self._tests_by_step.get(number, ()),
                    further=beyond is not None and heading.start() > beyond.start(),
                    minutes=int(minutes[1]) if minutes else None,
                )
            )
        return tuple(steps)

    @property
    def core(self) -> tuple[Step, ...]:
        """Return the steps that have to be done for the exercise to be solved."""
        return tuple(step for step in self.steps if not step.further)

    @property
    def further(self) -> tuple[Step, ...]:
        """Return the optional steps, which have to be done for it to be mastered."""
        return tuple(step for step in self.steps if step.further)

    @cached_property
    def goes_further(self) -> bool:
        """Say whether there are optional steps, without reading what they are."""
        return _FURTHER.search(self.text) is not None

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """Return every test as ``Class::test_name``, in order, without its parameters."""
        return tuple(f"{name}::{test}" for name, tests in self._classes for test in tests)

    def is_further(self, test: str) -> bool:
        """Say whether a test, ``Class::test_name``, belongs to a further step."""
        step = self.step_of(test.partition("::")[0])
        return step is not None and step.further

    def hints_of(self, step: int) -> tuple[str, ...]:
        """Return the hints of a step, from a nudge to nearly the code."""
        for number, text in _HINTS.findall(reading.text(self.hints)):
            if int(number) == step:
                return tuple(hint.strip() for hint in _HINT.findall(text))
        return ()

    @cached_property
    def _classes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(found for file in self.test_files for found in _classes(file))

    @cached_property
    def _tests_by_step(self) -> dict[int, tuple[str, ...]]:
        matches = [(_STEP_CLASS.fullmatch(name), tests) for name, tests in self._classes]
        return {int(match[1]): tests for match, tests in matches if match}

    def step_of(self, class_name: str) -> Step | None:
        """Return the step that a test class stands for."""
        match = _STEP_CLASS.fullmatch(class_name)
        return next((s for s in self.steps if match and s.number == int(match[1])), None)


def _classes(test_file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        tree = ast.parse(reading.text(test_file))
    except (SyntaxError, ValueError):  # The second is of a NUL in it.
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
