"""What the tests that a learner wrote say of a candidate: a verdict, and a failure in words for each test."""

import json
import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from kata.course.exercise import Exercise
from kata.judge import reading, written
from kata.judge.isolation import Isolation
from kata.judge.outcome import Failure
from kata.judge.ownership import note_selected
from kata.judge.verdict import Collector, Verdict
from kata.judge.written import Written, WrittenModule, WrittenTest

ERROR = "error"
"""The outcome of a test whose own fixture failed, before or after it: it has found nothing."""

# A file of more tests is read no further.
_MOST = 500

# How long, in seconds, a test may ask to take: no shipped one asks for more.
_LONGEST = 30

_ASSERTED = ("AssertionError", "assert ", "Failed: ")
_NO_FIXTURE = re.compile(r"fixture '(\w+)' not found")
_LINE = re.compile(rf"{reading.MY_TESTS}(?:, line |:)(\d+)")


@dataclass
class Told(Verdict):
    """A verdict by the learner's tests, whose names are ``Class::test_x[id]`` or ``test_x[id]``.

    ``failures`` has what is known of each that did not pass; ``unread`` says why the file could not be
    read, and ``tests`` how many there are.
    """

    failures: dict[str, Failure] = field(default_factory=dict)
    unread: Failure | None = None
    tests: int = 0

    @property
    def failed(self) -> set[str]:
        """Return the tests that found something: they failed, or the code did before they could begin."""
        return {name for name, outcome in self.outcomes.items() if outcome == "failed"}


class Reader(Collector):
    """The plugin that puts the learner's file in the place of the shipped tests, and keeps what is told."""

    verdict: Told

    def __init__(self, exercise: Exercise, file: Written) -> None:
        self._exercise = exercise
        self._file = file
        self._found: list[str] = []
        self._unread: Told | None = None
        self._is_read = False
        super().__init__()

    def begin(self) -> Told:
        self.verdict = Told(tests=len(self._found))
        return self.verdict

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        if module_path != self._exercise.test_file:
            return None
        made: WrittenModule = WrittenModule.from_parent(parent, path=module_path)
        root = parent.config.rootpath
        made.written = self._file
        made.closed = root / "solutions", root / "tests" / "answers"
        return made

    def read(self, session: pytest.Session) -> Told | None:
        """Have the process of an exercise name the tests, once; return why it cannot, or None."""
        if not self._is_read:
            self._is_read = True
            self._read(session)
        return self._unread

    def _read(self, session: pytest.Session) -> None:
        (item,) = session.items
        told = self.begin()
        isolation = Isolation(session.config)
        try:
            isolation.pytest_runtest_protocol(item, None)
        finally:
            isolation.pytest_unconfigure()
        if told.unread is None and len(self._found) > _MOST:
            said = f"The file has {len(self._found)} tests: {_MOST} are enough."
            told.unread = self._failure(said)
        if told.unread is not None:
            self._unread = told
            return
        session.items = list(self._items(item))
        note_selected(session)

    def _items(self, item: pytest.Item) -> Iterator[pytest.Item]:
        assert item.parent is not None
        for said in self._found:
            name, limit = json.loads(said)
            made: WrittenTest = WrittenTest.from_parent(item.parent, name=str(name))
            if isinstance(limit, int):
                made.add_marker(pytest.mark.time_limit(max(1, min(limit, _LONGEST))))
            yield made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name, told = report.nodeid.partition("::")[2], self.verdict
        if name == written.READING:
            if not report.passed:
                told.unread = self._in_words(name, report)
            elif report.when == "call":
                self._found = [text for title, text in report.sections if _names(title)]
        elif not report.passed:
            if told.outcomes.get(name, "passed") == "passed":
                told.failures[name] = self._in_words(name, report)
                told.outcomes[name] = _outcome(report)
        elif report.when == "call":
            told.outcomes[name] = "passed"

    def _in_words(self, name: str, report: pytest.TestReport) -> Failure:
        if report.skipped:
            why = "is expected to fail" if hasattr(report, "wasxfail") else "is skipped"
            return self._failure(f"It {why}, and so says nothing.", name)
        failure = Failure.of(report, 0)
        if match := _NO_FIXTURE.search(failure.message):
            failure = replace(failure, sentence=f"There is no fixture `{match[1]}`.")
        file = str(self._file.file)
        line = failure.line if failure.file == file else _line(report, self._file.file)
        source = linecache.getline(file, line).strip() if line else None
        return replace(failure, test=name, file=file, line=line, source=source)

    def _failure(self, sentence: str, name: str = "") -> Failure:
        return Failure(self._exercise.id, "", name, 0, 0, sentence, "", sentence)


def _outcome(report: pytest.TestReport) -> str:
    """Say whether a test has found something: it failed, or a fixture did by what it asserts or stands on.

    When a fixture that the learner wrote fails by an error of its own, that says nothing of the code. It may
    have called the code, or a shipped fixture, that failed.
    """
    if report.skipped:
        return "skipped"
    record: dict[str, Any] = report.kata
    crash = getattr(report.longrepr, "reprcrash", None)
    asserted = crash is not None and crash.message.startswith(_ASSERTED)
    file = (record.get("diagnosis") or {}).get("file")
    of_the_code = file is not None and not reading.is_of_tests(Path(file))
    files = [Path(place.path).name for place in _places(report)]
    ours = [name for name in files if name in (reading.MY_TESTS, "conftest.py")][-1:]
    stands_on = of_the_code or ours == ["conftest.py"]
    found = report.when == "call" or (report.when == "setup" and (asserted or stands_on))
    return "failed" if found else ERROR


def _names(title: str) -> bool:
    return title == f"Captured {written.SECTION} call"


def _places(report: pytest.TestReport) -> list[Any]:
    """Return the places that the traceback of a failure goes through, each with path and line."""
    entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
    return [place for entry in entries if (place := getattr(entry, "reprfileloc", None))]


def _line(report: pytest.TestReport, file: Path) -> int | None:
    """Return the last line of the file that a traceback came through."""
    lines = [place.lineno for place in _places(report) if Path(place.path).name == file.name]
    if not lines and (match := _LINE.search(report.longreprtext)):
        return int(match[1])
    return lines[-1] if lines else None
