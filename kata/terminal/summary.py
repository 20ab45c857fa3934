"""How plain pytest ends: a line for each exercise, and a traceback only for what is no hole in a stub.

With ``-v``, or with ``--tb`` where it is called, pytest shows everything as usual.
"""

import os
import shlex
from collections import defaultdict
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from kata.course import catalog, progress, workspace
from kata.course.exercise import Exercise, Step
from kata.judge import reporting, started
from kata.judge.recorder import Recorder

_ASSERTED = ("AssertionError", "assert ", "Failed: ")
_NOT_ALL = "not all of its tests ran and passed"


def is_wanted(config: pytest.Config) -> bool:
    """Say whether this run ends so: the user has not asked for more, and no other process shows it."""
    elsewhere = hasattr(config, "workerinput") or config.pluginmanager.hasplugin(started.PLUGIN)
    given = [*config.invocation_params.args, *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]
    as_usual = config.option.verbose > 0 or any(str(word).startswith("--tb") for word in given)
    return not (elsewhere or as_usual or config.option.no_summary)


@dataclass
class _Tally:
    """What a run found of one exercise."""

    passed: int = 0
    total: int = 0
    failures: list[pytest.TestReport] = field(default_factory=list)


class Summary:
    """The hooks that count what the tests of each exercise came to, and say it in the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._config = config
        self._tallies: dict[str, _Tally] = defaultdict(_Tally)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record: dict[str, Any] | None = getattr(report, "kata", None)
        if record is None:
            return
        tally = self._tallies[record["exercise"]]
        tally.total = record["total"]
        tally.passed += report.passed and report.when == "call"
        if report.failed:
            tally.failures.append(report)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Keep the holes from pytest while it shows the failures, and put the lines below those."""
        failed = terminalreporter.stats.get("failed", [])
        said: set[object] = set()
        shown = [report for report in failed if not self._is_left_out(report, said)]
        if failed:
            terminalreporter.stats["failed"] = shown
        try:
            return (yield)
        finally:
            if failed:
                terminalreporter.stats["failed"] = failed
            self._say(terminalreporter, len(failed) - len(shown))

    def _is_left_out(self, report: pytest.TestReport, said: set[object]) -> bool:
        """Say whether a failure is a hole, or tells of the same line in the same words as one in ``said``."""
        record: dict[str, Any] | None = getattr(report, "kata", None)
        if record is None:
            return False
        found = record.get("diagnosis") or {}
        if found.get("hole") or report.longrepr == reporting.SAID_ABOVE:
            return True
        if record["exercise"] in self._untouched and _is_of_the_code(report, found):
            return True
        place = found.get("file"), found.get("line")
        words = record["exercise"], found.get("sentence"), place
        again = words in said
        if found.get("sentence"):
            said.add(words)
        return again

    @cached_property
    def _untouched(self) -> set[str]:
        """Return the ids of those exercises whose stub is as it was shipped: all of it is a hole."""
        if self._config.getoption("against"):
            return set()
        return {exercise.id for exercise in self._exercises if _is_untouched(exercise)}

    @cached_property
    def _exercises(self) -> list[Exercise]:
        found = catalog.find_all(self._root / "exercises")
        return [exercise for exercise in found if exercise.id in self._tallies]

    def _say(self, terminal: pytest.TerminalReporter, left_out: int) -> None:
        marks = self._marks()
        rows = [
            (exercise, self._tallies[exercise.id])
            for exercise in self._exercises
            # Other code than the learner's has no way to go: it is enough to say what fails.
            if marks is not None or self._tallies[exercise.id].failures
        ]
        if not rows:
            return
        terminal.write_sep("=", "exercises")
        counts = [f"{tally.passed}/{tally.total}" for _, tally in rows]
        wide = max(map(len, counts))
        for (exercise, tally), count in zip(rows, counts, strict=True):
            mark = (marks or {}).get(exercise.id, "")
            line = f"{mark:1} {exercise.number}  {count:>{wide}}  {_why(exercise, tally, mark)}"
            terminal.write_line(_cut(line.rstrip(), terminal), green=bool(mark))
        if left_out:
            terminal.write_line("With every traceback: -v or --tb=short")

    def _marks(self) -> Mapping[str, str] | None:
        """Return the mark of each solved exercise; None where the run says nothing of the learner."""
        recorder = self._config.pluginmanager.getplugin("kata-recorder")
        if not isinstance(recorder, Recorder):
            return None
        state = progress.load(self._root)
        recorder.note_in(state)  # In case it could not be saved.
        stars = state.stars(self._exercises)
        return {id_: "★" if id_ in stars else "✓" for id_ in state.solved}


def _why(exercise: Exercise, tally: _Tally, mark: str) -> str:
    """Say in one line which step fails first, and why."""
    if not tally.failures:
        return "" if mark or tally.passed == tally.total else _NOT_ALL
    report = min(tally.failures, key=lambda each: _order(exercise, each))
    step = _step(exercise, report)
    found = report.kata.get("diagnosis") or {}
    sentence = "" if found.get("hole") else found.get("sentence")
    cause = sentence or _crash(report)
    return f"step {step.number}  {cause}" if step else cause


def _order(exercise: Exercise, report: pytest.TestReport) -> tuple[int, int]:
    """Return where a test stands in its exercise; processes at the same time report in any order."""
    step, name = _step(exercise, report), report.nodeid.partition("::")[2].partition("[")[0]
    tests = exercise.tests
    return step.number if step else 0, tests.index(name) if name in tests else len(tests)


def _step(exercise: Exercise, report: pytest.TestReport) -> Step | None:
    return exercise.step_of(report.nodeid.split("::")[1])


def _crash(report: pytest.TestReport) -> str:
    """Return the first line of what ended a test."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message) if crash is not None else report.longreprtext
    return text.strip().partition("\n")[0]


def _is_of_the_code(report: pytest.TestReport, found: dict[str, Any]) -> bool:
    """Say whether a failure is an assertion, or came out of the stub, and not out of what is around it."""
    file = Path(found.get("file") or "test_").name
    return _crash(report).startswith(_ASSERTED) or not file.startswith("test_")


def _is_untouched(exercise: Exercise) -> bool:
    try:
        shipped = workspace.shipped_for_the_learner(exercise)
        return bool(shipped) and not workspace.changed_by_the_learner(exercise)
    except OSError:  # The archive cannot be read.
        return False


def _cut(line: str, terminal: pytest.TerminalReporter) -> str:
    width = terminal._tw.fullwidth
    return line if len(line) <= width else f"{line[: width - 1]}…"
