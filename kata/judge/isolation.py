"""Run each exercise in a process of its own, so that no stub can end or stall the whole run.

A process that ends, or that outlives a test's time, is a failure of that test and touches no other
exercise. After a test that never ended, the others of its exercise are not tried: they would take as
long again.
"""

import contextlib
import math
from dataclasses import asdict
from typing import Any

import pytest

from kata.course.exercise import Exercise
from kata.judge.diagnosis import Diagnosis
from kata.judge.ownership import exercise_of, folder_of, record_of
from kata.judge.plain import safe, without_colors
from kata.judge.process import Ending, Process, start

# What a report may have: that of a test that is expected to fail says so in ``wasxfail``.
_KNOWN = {
    "$report_type", "nodeid", "location", "keywords", "outcome", "longrepr", "when", "sections",
    "duration", "start", "stop", "wasxfail", "kata",
}  # fmt: skip
_TOLD = ("diagnosis", "comparison", "exchange")

_NO_PROCESS = "The system refuses what the process of the test needs: {}. When that is put right, run it again."


class Isolation:
    """The hooks that send the tests of an exercise to its process."""

    def __init__(self, config: pytest.Config) -> None:
        self._limit = _above_zero(config, "kata_time_limit")
        self._memory = int(_above_zero(config, "kata_memory_limit"))
        self._root = config.rootpath
        self._process: Process | None = None
        self._given_up: set[Exercise] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        if exercise_of(item) is None:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._run(item, nextitem):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_sessionfinish(self) -> None:
        if self._process is not None:
            self._process.release()

    def pytest_unconfigure(self) -> None:
        self._finish()

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def prepare(self, item: pytest.Item) -> Process:
        """Start the process that will run this test and those of its exercise that follow."""
        if self._process is None:
            exercise = exercise_of(item)
            assert exercise is not None
            if not item.config.getoption("focus") or item.config.option.basetemp:
                _make_temporary_folder(item.config)
            self._process = start(item.session, folder_of(item), exercise.test_files, self._memory)
        return self._process

    def _run(self, item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
        exercise = exercise_of(item)
        assert exercise is not None
        if exercise in self._given_up:
            return self._failed(
                item, Ending("Not run: a test of this exercise did not end, as said above.")
            )
        follows = nextitem is not None and exercise_of(nextitem) == exercise
        mark = item.get_closest_marker("time_limit")
        limit = float(mark.args[0]) if mark else self._limit
        following = nextitem.nodeid if follows and nextitem else None
        try:
            process = self.prepare(item)
        except OSError as error:
            return self._failed(item, Ending(_NO_PROCESS.format(error.strerror)))
        result = process.run(item.nodeid, following, limit)
        if isinstance(result, Ending):
            self._process = None
            if result.final:
                self._given_up.add(exercise)
            return self._failed(item, result)
        reports = [_loaded(item, data) for data in result]
        if None in reports:
            process.end()
            self._process = None
            return self._failed(
                item,
                Ending("The process that ran the test sent a report that cannot be read."),
            )
        if not follows and nextitem is not None:
            self._finish()
        return [report for report in reports if report is not None]

    def _finish(self) -> None:
        if self._process is not None:
            self._process.finish()
            self._process = None

    def _failed(self, item: pytest.Item, ending: Ending) -> list[pytest.TestReport]:
        """Write the reports that the process owes: a failure, and a tear-down that ends the test."""
        found = Diagnosis.at(ending.sentence, ending.place)
        failure = _report(item, "call", "failed", safe(found.text(self._root)))
        failure.sections = _captured(item.config)
        failure.kata["diagnosis"] = safe(found.as_dict())
        return [failure, _report(item, "teardown", "passed", None)]


def _above_zero(config: pytest.Config, setting: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (number := float(config.getini(setting))) < math.inf:
            return number
    raise pytest.UsageError(
        f"{setting} is to be a number above zero, and is {config.getini(setting)!r}."
    )


def _loaded(item: pytest.Item, data: dict[str, Any]) -> pytest.TestReport | None:
    """Return the report that came from the process; None if it is none.

    What it says of the exercise as a whole is not taken from there, nor is what would do anything to a
    terminal.
    """
    try:
        data = {name: safe(value) for name, value in data.items() if name in _KNOWN}
        report = item.config.hook.pytest_report_from_serializable(config=item.config, data=data)
        if not isinstance(report, pytest.TestReport) or not isinstance(report.sections, list):
            return None
        report.sections = [(str(name), str(text)) for name, text in report.sections]
        if report.skipped and not hasattr(report, "wasxfail"):
            file, line, reason = data["longrepr"]  # JSON knows no tuples.
            report.longrepr = str(file), int(line), str(reason)
        report.duration = float(report.duration)
        assert isinstance(report.longreprtext, str)  # Whoever shows it can write it.
        found = getattr(report, "kata", None)
        said = found if isinstance(found, dict) else {}
        told = {name: _uncolored(said.get(name)) for name in _TOLD}
        if not _is_plain(**told):
            return None
        report.kata = record_of(item) | told  # type: ignore[attr-defined]
    except Exception:  # Whatever was sent in place of a report.
        return None
    report.nodeid, report.location = item.nodeid, item.location
    report.keywords = dict.fromkeys(item.keywords, 1)
    return report


def _uncolored(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _uncolored(value) for name, value in told.items()}
    return without_colors(told) if isinstance(told, str) else told


def _is_plain(diagnosis: Any, comparison: Any, exchange: Any) -> bool:
    """Say whether what a report tells is of the types that those rely on who show it."""
    found = asdict(Diagnosis(**(diagnosis or {"sentence": ""})))  # Other names are a TypeError.
    line, hole = found.pop("line"), found.pop("hole")
    sides = comparison or {"op": "", "left": "", "right": ""}
    return (
        isinstance(line, int | None)
        and isinstance(hole, bool)
        and all(isinstance(text, str | None) for text in [*found.values(), exchange])
        and all(isinstance(text, str) for text in [sides["op"], sides["left"], *sides.values()])
    )


def _report(item: pytest.Item, when: str, outcome: str, text: str | None) -> pytest.TestReport:
    return pytest.TestReport(
        kata=record_of(item),
        nodeid=item.nodeid,
        location=item.location,
        keywords=dict.fromkeys(item.keywords, 1),
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=text,
        when=when,  # type: ignore[arg-type]
    )


def _captured(config: pytest.Config) -> list[tuple[str, str]]:
    """Read what the ended process had printed: it wrote to the file that pytest captures with."""
    manager = config.pluginmanager.getplugin("capturemanager")
    if manager is None or not manager.is_globally_capturing():
        return []
    out, err = manager.read_global_capture()
    return [
        (f"Captured {name} call", safe(text))
        for name, text in (("stdout", out), ("stderr", err))
        if text
    ]


def _make_temporary_folder(config: pytest.Config) -> None:
    """Have pytest make its temporary folder here: it removes in the end what its own process made."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is not None:
        factory.getbasetemp()
