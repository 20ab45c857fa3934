"""Run each exercise in a process of its own, so that no stub can end or stall the whole run.

A process that ends, or that outlives a test's time, is a failure of that test and touches no other
exercise. After a test that never ended, the others of its exercise are not tried: they would take as
long again.
"""

import pytest

from kata.course.exercise import Exercise
from kata.judge import runner
from kata.judge.diagnosis import Diagnosis
from kata.judge.ownership import exercise_of, folder_of, record_of
from kata.judge.runner import Ending, Runner


class Isolation:
    """The hooks that send the tests of an exercise to its process."""

    def __init__(self, config: pytest.Config) -> None:
        self._limit = float(config.getini("kata_time_limit"))
        self._root = config.rootpath
        self._runner: Runner | None = None
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
        if self._runner is not None:
            self._runner.finish()
            self._runner = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def _run(self, item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
        exercise = exercise_of(item)
        assert exercise is not None
        if exercise in self._given_up:
            return self._failed(
                item, Ending("Not run: a test of this exercise did not end, as said above.")
            )
        follows = nextitem is not None and exercise_of(nextitem) == exercise
        if self._runner is None:
            _make_temporary_folder(item.config)
            self._runner = runner.start(item.session, folder_of(item))
        mark = item.get_closest_marker("time_limit")
        limit = float(mark.args[0]) if mark else self._limit
        result = self._runner.run(
            item.nodeid, nextitem.nodeid if follows and nextitem else None, limit
        )
        if isinstance(result, Ending):
            self._runner = None
            if result.final:
                self._given_up.add(exercise)
            return self._failed(item, result)
        if not follows:
            self._runner.finish()
            self._runner = None
        load = item.config.hook.pytest_report_from_serializable
        reports: list[pytest.TestReport] = [load(config=item.config, data=data) for data in result]
        for report in reports:
            if isinstance(report.longrepr, list):  # Of a skip: JSON knows no tuples.
                report.longrepr = tuple(report.longrepr)
        return reports

    def _failed(self, item: pytest.Item, ending: Ending) -> list[pytest.TestReport]:
        """Write the reports that the process owes: a failure, and a tear-down that ends the test."""
        found = Diagnosis.at(ending.sentence, ending.place)
        failure = _report(item, "call", "failed", found.text(self._root))
        failure.sections = _captured(item.config)
        failure.kata["diagnosis"] = found.as_dict()
        return [failure, _report(item, "teardown", "passed", None)]


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
        (f"Captured {name} call", text) for name, text in (("stdout", out), ("stderr", err)) if text
    ]


def _make_temporary_folder(config: pytest.Config) -> None:
    """Have pytest make its temporary folder here: it removes in the end what its own process made."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is not None:
        factory.getbasetemp()
