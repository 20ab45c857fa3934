"""Remember which tests passed on an answer and which test caught it, so that only what is new runs again.

What is remembered of a test holds as long as nothing that it stands on has changed: its code and that of
the file around the tests, the answer, the exercise, the solution, Python and the installed packages.
"""

import ast
import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import flask

from kata.course.exercise import Exercise
from kata.course.replacing import replace

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_WORD = re.compile(r"\w+")


@dataclass
class Memory:
    """What is known from earlier runs of a learner's file, and what this run finds out.

    A test is named ``Class::test_x[id]``. What this run does not ask for is forgotten by `keep`.
    """

    file: Path
    codes: dict[str, str]
    shared: str
    known: dict[str, bool]
    found: dict[str, bool] = field(default_factory=dict)

    def passed(self, answer: Path, tests: Iterable[str]) -> frozenset[str]:
        """Return the tests that are known to pass on an answer."""
        return frozenset(self._alike(answer, tests, True))

    def caught(self, answer: Path, tests: Iterable[str]) -> str | None:
        """Return the first of the tests that is known to catch an answer."""
        return next(self._alike(answer, tests, False), None)

    def learn(self, answer: Path, outcomes: dict[str, str]) -> None:
        """Take in what became of tests on an answer; only that they passed or failed is of use."""
        base = self._base(answer)
        for test, outcome in outcomes.items():
            if outcome in ("passed", "failed") and (key := self._key(base, test)):
                self.found[key] = outcome == "passed"

    def keep(self) -> None:
        """Write down what is known, where a folder for it is; else the next run takes longer."""
        if not self.file.parent.is_dir():
            return
        with contextlib.suppress(OSError):
            replace(self.file, json.dumps(self.found).encode(), durable=False)

    def _alike(self, answer: Path, tests: Iterable[str], passed: bool) -> Iterator[str]:
        base = self._base(answer)
        for test in tests:
            key = self._key(base, test)
            if key is not None and self.known.get(key) is passed:
                self.found[key] = passed
                yield test

    def _base(self, answer: Path) -> str:
        return _digest(self.shared, _contents(answer))

    def _key(self, base: str, test: str) -> str | None:
        code = self.codes.get(test.partition("[")[0])
        return None if code is None else _digest(base, code, test)


def of(exercise: Exercise, root: Path, folder: Path, content: bytes) -> Memory:
    """Return what is remembered in ``folder``, where the learner's file is, for tests of this content."""
    file = folder / "remembered.json"
    packages = Path(flask.__file__).parents[1].stat().st_mtime_ns
    shared = _digest(
        f"{sys.version} {packages}",
        *map(_contents, exercise.test_files),
        _contents(exercise.folder / "conftest.py"),
        _contents(exercise.within(root / "solutions")),
        _contents(Path(__file__).parents[2] / "services"),
    )
    return Memory(file, _codes(content), shared, _read(file))


def _read(file: Path) -> dict[str, bool]:
    try:
        known = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _codes(content: bytes) -> dict[str, str]:
    """Return for each test, ``Class::test_x``, its code and all that it may call."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    own: dict[str, _Function] = {}
    whole = ast.dump(tree)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    places: list[ast.Module | ast.ClassDef] = [tree, *classes]
    for place in places:
        prefix = f"{place.name}::" if isinstance(place, ast.ClassDef) else ""
        for node in [each for each in place.body if _is_test(each)]:
            assert isinstance(node, _Function)
            own[prefix + node.name] = node
            place.body.remove(node)
    around = ast.dump(tree)
    names = {node.name for node in own.values()}
    if names & set(_WORD.findall(around)):
        return dict.fromkeys(own, whole)  # Something calls tests by name.
    codes = {}
    for test, node in own.items():
        code = ast.dump(node)
        others = names - {node.name}
        codes[test] = whole if others & set(_WORD.findall(code)) else around + code
    return codes


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, _Function) and node.name.startswith("test")


def _contents(place: Path) -> str:
    """Return a digest of a file, or of all files in a folder and their names."""
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    found = hashlib.sha256()
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            found.update(f"{os.path.relpath(file, place)} {len(content)}\n".encode() + content)
    return found.hexdigest()


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode(errors="replace")).hexdigest()[:24]
