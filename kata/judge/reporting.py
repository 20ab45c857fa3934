"""Turn what a test found into a report that says what happened, and keeps to a size.

A failure carries its diagnosis, the last exchange and the values that were compared. What the learner's
code raises to end a test with another outcome than a failure is made a failure.
"""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import util

from kata.judge import comparison, diagnosis, environment, reading, serving, transcript
from kata.judge.diagnosis import Diagnosis
from kata.judge.evidence import Evidence
from kata.judge.loader import place_in
from kata.judge.ownership import exercise_of, folder_of, record_of
from kata.judge.transcript import TRANSCRIPT

SAID_ABOVE = "The same as above."
"""What stands in place of a sentence that an earlier test has brought already."""

_COMPARISON = pytest.StashKey[dict[str, str]]()
_CURRENT = pytest.StashKey[pytest.Item]()
_SAID = pytest.StashKey[set[str]]()

# A reader needs the ends of a long output, not its middle.
_SECTION_LIMIT = 4000
_TEXT_LIMIT = 20_000
_SHOWN_LIMIT = 1000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    item.config.stash[_CURRENT] = item
    if exercise_of(item) is not None:
        util._reprcompare = partial(comparison.explained, util._reprcompare)
    return (yield from _guarded(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    return (yield from _guarded(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    return (yield from _guarded(item))


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> None:
    item = config.stash.get(_CURRENT, None)
    if item is not None and exercise_of(item) is not None:
        item.stash[_COMPARISON] = comparison.described(op, left, right)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if exercise_of(item) is not None and call.excinfo is not None:
        _shorten(call)
    try:
        report = yield
    except (Exception, SystemExit) as fault:  # What a learner made may raise when it is looked at.
        if exercise_of(item) is None or call.excinfo is None:
            raise
        said = f"An exception that cannot be shown: to look at it raises {type(fault).__name__}."
        place = place_in(folder_of(item), call.excinfo.tb)
        _put(call, reading.LearnerError(said, *(place or (_stub_of(item), None))))
        report = pytest.TestReport.from_item_and_call(item, call)
    if exercise_of(item) is None:
        return report
    record: dict[str, Any] = record_of(item)
    if report.failed and call.excinfo is not None:
        exchanges = item.stash.get(TRANSCRIPT, transcript.Transcript())
        error = call.excinfo.value
        # An earlier comparison may have failed without an end to the test.
        compared = item.stash.get(_COMPARISON, None) if isinstance(error, AssertionError) else None
        try:
            evidence = _evidence(item, report, exchanges, compared)
            found = diagnosis.of_error(error, evidence)
            record["exchange"] = exchanges.last()
        except (Exception, SystemExit) as fault:  # As above.
            found = diagnosis.of_fault(error, fault, folder_of(item))
        record["diagnosis"] = found.as_dict()
        record["comparison"] = compared
        _put_into_words(item, report, error, found)
    report.sections = [(name, _ends(text)) for name, text in report.sections]
    report.kata = record  # type: ignore[attr-defined]
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Count a fixture that stops in the learner's code as a failure, which it is, and not as an error."""
    return ("failed", "F", "FAILED") if report.failed and hasattr(report, "kata") else None


def _guarded(item: pytest.Item) -> Generator[None]:
    """Make a failure of a skip, an xfail, an exit or an interrupt that the learner's code asks for."""
    try:
        return (yield)
    except BaseException as outcome:
        if not exercise_of(item) or not _is_none_of_ours(item, outcome):
            raise
        found = diagnosis.of_outcome(outcome, folder_of(item))
        if found is None:
            raise
        file = Path(found.file) if found.file else _stub_of(item)
        raise reading.LearnerError(found.sentence, file, found.line) from outcome


def _is_none_of_ours(item: pytest.Item, outcome: BaseException) -> bool:
    """Say whether this ends a test, or the run, with something other than a failure.

    An interrupt from the keyboard reaches pytest's own process, and never that of an exercise.
    """
    if isinstance(outcome, KeyboardInterrupt):
        return item.config.pluginmanager.hasplugin(serving.PLUGIN)
    if isinstance(outcome, BaseExceptionGroup):
        return any(_is_none_of_ours(item, each) for each in outcome.exceptions)
    return isinstance(outcome, diagnosis.OUTCOMES)


def _evidence(
    item: pytest.Item,
    report: pytest.TestReport,
    exchanges: transcript.Transcript,
    compared: dict[str, str] | None,
) -> Evidence:
    folder = folder_of(item)
    module = getattr(item, "funcargs", {}).get("exercise")
    stub = _stub_of(item)
    captured = (len(text.encode(errors="replace")) for _, text in report.sections)
    printed = max(environment.printed(), *captured, 0)
    return Evidence(folder, exchanges, compared, stub, module, printed)


def _stub_of(item: pytest.Item) -> Path:
    exercise = exercise_of(item)
    assert exercise is not None
    return folder_of(item) / exercise.stub.name


def _put_into_words(
    item: pytest.Item, report: pytest.TestReport, error: BaseException, found: Diagnosis
) -> None:
    """Print the diagnosis in place of a traceback that would say less, or else below it."""
    text = found.text(item.config.rootpath)
    if isinstance(error, reading.LearnerError):
        said = item.config.stash.setdefault(_SAID, set())
        report.longrepr = SAID_ABOVE if text in said else text
        said.add(text)
    elif found.note or ((found.sentence or found.cause) and not found.hole):
        report.sections.append(("What happened", text))


def _shorten(call: pytest.CallInfo[None]) -> None:
    """Put a short error in the place of one whose text is too long for anybody to read."""
    assert call.excinfo is not None
    error = call.excinfo.value
    try:
        text = "".join(str(error))
    except (Exception, SystemExit):  # What a learner made may raise when it is only looked at.
        return
    if len(text) > _TEXT_LIMIT and not isinstance(error, AssertionError | pytest.fail.Exception):
        said = f"{type(error).__name__} with a text of {len(text):,} characters: {text[:_SHOWN_LIMIT]}…"
        _put(call, diagnosis.TooLong(said))


def _put(call: pytest.CallInfo[None], error: Exception) -> None:
    """Put an error in the place of one that cannot be shown."""
    assert call.excinfo is not None
    error = error.with_traceback(call.excinfo.tb)
    call.excinfo = pytest.ExceptionInfo.from_exception(error)


def _ends(text: str) -> str:
    if len(text) <= _SECTION_LIMIT:
        return text
    half = _SECTION_LIMIT // 2
    return f"{text[:half]}\n… {len(text):,} characters in all …\n{text[-half:]}"
