"""Tests that a learner wrote: they are read and run in the process of an exercise, and nowhere else.

pytest's own process knows their names alone, and has an item for each. The process of the exercise reads
the file itself, and runs the test that stands behind the item.
"""

import ast
import json
import linecache
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from _pytest.assertion.rewrite import rewrite_asserts

from kata.judge import loader, reading
from kata.judge.reading import LearnerError

READING = "my tests"
"""The name of the item that reads the file."""

SECTION = "test"
"""The title of the sections in which the process of an exercise names the tests that it found."""

# What stands behind an item is looked for once in each process.
_FOUND = pytest.StashKey[dict[str, pytest.Item] | BaseException]()

_READS_A_SOLUTION = (
    "This line reads a solution: a test meets the exercise through the fixture `exercise` alone."
)


@dataclass(frozen=True)
class Written:
    """A file of tests that a learner wrote, and what it held when it was read."""

    file: Path
    content: bytes


class WrittenModule(pytest.Module):
    """The file, in the place of the shipped tests: it stands in the exercise's folder, as they do."""

    written: Written
    closed: tuple[Path, ...]

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Name one item, which reads the file; the code is compiled here and runs elsewhere."""
        try:
            self._code: CodeType | LearnerError = _compiled(self.written, self.config)
        except LearnerError as error:
            self._code = error
        return [Reading.from_parent(self, name=READING)]

    def tests(self) -> dict[str, pytest.Item]:
        """Execute the file, once in this process, and return its tests by their node ids.

        Raises:
            LearnerError: it cannot be compiled, or stops while it runs.
            Exception: pytest does not take what it defines, for example a fixture of an unknown scope.
        """
        if _FOUND not in self.stash:
            try:
                items = _items(super().collect())
                self.stash[_FOUND] = {str(item.nodeid): item for item in items}
            except BaseException as error:  # Also what pytest skips with, or ends the run.
                self.stash[_FOUND] = error
        found = self.stash[_FOUND]
        if isinstance(found, BaseException):
            raise found
        return found

    def _getobj(self) -> ModuleType:
        if isinstance(self._code, LearnerError):
            raise self._code
        file = self.written.file
        reading.refuse(file.parent, self.closed, _READS_A_SOLUTION)
        module = ModuleType(file.stem)
        module.__file__ = str(file)
        sys.modules[module.__name__] = module
        loader.execute(self._code, module, file)
        return module


class _Item(pytest.Item):
    @property
    def _module(self) -> WrittenModule:
        assert isinstance(self.parent, WrittenModule)
        return self.parent

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


class Reading(_Item):
    """Read the file, and name its tests in sections of the report, each with its own time limit if it has one."""

    def runtest(self) -> None:
        prefix = f"{self._module.nodeid}::"
        for name, item in self._module.tests().items():
            mark = item.get_closest_marker("time_limit")
            limit = mark.args[0] if mark is not None and mark.args else None
            said = [name.removeprefix(prefix), limit if isinstance(limit, int) else None]
            self.add_report_section("call", SECTION, json.dumps(said))


class WrittenTest(_Item):
    """Stands for a test of which nothing but the name is known here."""

    def behind(self) -> pytest.Item:
        """Return the test itself; this item, which then fails, if it is not to be had."""
        try:
            return self._module.tests().get(str(self.nodeid), self)
        except BaseException:  # As above: it is raised again where pytest expects it.
            return self

    def runtest(self) -> None:
        self._module.tests()
        raise LearnerError(
            "This test was there when the file was read first, and is not any more.",
            self._module.written.file,
        )


def behind(item: pytest.Item) -> pytest.Item:
    """Return the test that runs for an item: of one that a learner wrote, the test itself."""
    return item.behind() if isinstance(item, WrittenTest) else item


def _items(nodes: Iterable[pytest.Item | pytest.Collector]) -> Iterator[pytest.Item]:
    for node in nodes:
        if isinstance(node, pytest.Item):
            yield node
        else:
            yield from _items(node.collect())


def _compiled(written: Written, config: pytest.Config) -> CodeType:
    """Compile a file of tests with pytest's assertions."""
    file, content = written.file, written.content
    loader.compiled_text(content, file)
    tree = ast.parse(content, str(file))
    rewrite_asserts(tree, content, str(file), config)
    text = content.decode(errors="replace")
    # A failure shows the lines that ran, whatever has been saved meanwhile.
    linecache.cache[str(file)] = (len(text), None, text.splitlines(keepends=True), str(file))
    try:
        return compile(tree, str(file), "exec", dont_inherit=True)
    except RecursionError:
        raise LearnerError(
            "Python cannot compile the file: it is nested too deeply.", file
        ) from None
