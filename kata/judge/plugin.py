"""The pytest plugin: the ``exercise`` fixture, ``--against``, and failures that say what happened.

A test below ``exercises/<tier>/<id>`` belongs to an exercise; any other runs as pytest runs it.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kata.judge import diagnosis, loader, transcript
from kata.judge.diagnosis import Diagnosis
from kata.judge.focus import Focus
from kata.judge.isolation import Isolation
from kata.judge.outcome import Outcome
from kata.judge.ownership import (
    exercise_of,
    folder_of,
    note_deselected,
    note_selected,
    record_of,
    tree_under_test,
)
from kata.judge.recorder import Recorder

_TRANSCRIPT = pytest.StashKey[transcript.Transcript]()
_COMPARISON = pytest.StashKey[dict[str, str]]()
_CURRENT = pytest.StashKey[pytest.Item]()
_SAID = pytest.StashKey[set[str]]()

# Frames of these explain nothing to a learner: pytest leaves them out of its tracebacks.
_HIDDEN = (
    "flask.app", "flask.ctx", "flask.testing", "flask.views", "werkzeug.test",
    "flask_sqlalchemy.session", "sqlalchemy.orm.scoping", "kata.judge.transcript", "kata.judge.plugin",
)  # fmt: skip

# A reader needs the ends of a long output, not its middle.
_SECTION_LIMIT = 4000
_VALUE_LIMIT = 1000


class _Hooks:
    """The hook of a focused run."""

    @pytest.hookspec(firstresult=True)
    def pytest_kata_outcome(self, config: pytest.Config, outcome: Outcome) -> object:
        """Show what a focused run found; return something that is not None to stop other showings."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(_Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kata", "Flask Katas")
    group.addoption(
        "--against",
        metavar="DIR",
        help="run the tests of the exercises on the same tree in DIR, such as solutions",
    )
    group.addoption(
        "--focus",
        action="store_true",
        help="run one exercise, the one changed last or the first unsolved, and show one screen",
    )
    group.addoption(
        "--in-process",
        action="store_true",
        help="run the exercises in pytest's own process, for a debugger: there is no time limit then",
    )
    parser.addini("kata_time_limit", "seconds that a test of an exercise may take", default="10")


@pytest.hookimpl(trylast=True)  # After pytest has set up its terminal.
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "time_limit(seconds): how long this test may take")
    if config.getoption("against") and not tree_under_test(config).is_dir():
        raise pytest.UsageError(
            f"--against {config.getoption('against')}: there is no such folder."
        )
    config.stash[_SAID] = set()
    if not _wants_one_process(config):
        config.pluginmanager.register(Isolation(config), "kata-isolation")
    if hasattr(config, "workerinput"):
        return  # A worker of pytest-xdist: its controller records and shows.
    recorder = Recorder(config.rootpath)
    if not config.getoption("against"):
        config.pluginmanager.register(recorder, "kata-recorder")
    if config.getoption("focus"):
        config.pluginmanager.register(Focus(config, recorder), "kata-focus")


@pytest.fixture
def exercise(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """Return the learner's module, executed afresh for this test."""
    owner = exercise_of(request.node)
    if owner is None:
        raise pytest.UsageError("The fixture `exercise` is for tests below exercises/<tier>/<id>.")
    file = folder_of(request.node) / owner.stub.name
    if file == owner.stub and not file.exists():
        sentence = f"The file is missing. To have the stub back: kata reset {owner.number}"
        raise loader.LearnerError(sentence, file)
    with loader.loaded(file) as module:
        yield module


@pytest.fixture
def another_worker(exercise: ModuleType) -> Iterator[Callable[[], ModuleType]]:
    """Return a function that executes the learner's module once more, as another process would.

    What it returns shares no variable with ``exercise`` nor with each other, and hashes texts otherwise.
    """
    file = Path(str(exercise.__file__))
    with contextlib.ExitStack() as workers:
        yield lambda: workers.enter_context(loader.loaded(file, hash=_other_hash))


@pytest.fixture(autouse=True)
def _transcript(request: pytest.FixtureRequest) -> Iterator[None]:
    if exercise_of(request.node) is None:
        yield
        return
    with transcript.recorded() as request.node.stash[_TRANSCRIPT]:
        yield


def pytest_deselected(items: Iterable[pytest.Item]) -> None:
    note_deselected(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    for name in _HIDDEN:
        if name in sys.modules:
            sys.modules[name].__dict__["__tracebackhide__"] = True
    note_selected(session)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    item.config.stash[_CURRENT] = item
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
        item.stash[_COMPARISON] = {"op": op, "left": _repr(left), "right": _repr(right)}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if exercise_of(item) is None:
        return report
    record: dict[str, Any] = record_of(item)
    if report.failed and call.excinfo is not None:
        exchanges = item.stash.get(_TRANSCRIPT, transcript.Transcript())
        comparison = item.stash.get(_COMPARISON, None)
        try:
            found = diagnosis.of_error(call.excinfo.value, folder_of(item), exchanges, comparison)
            record["exchange"] = exchanges.last()
        except Exception as fault:  # What a learner made may raise when it is only looked at.
            found = diagnosis.of_fault(call.excinfo.value, fault, folder_of(item))
        record["diagnosis"] = found.as_dict()
        record["comparison"] = comparison
        _put_into_words(item, report, call.excinfo.value, found)
    report.sections = [(name, _ends(text)) for name, text in report.sections]
    report.kata = record  # type: ignore[attr-defined]
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Count a fixture that stops in the learner's code as a failure, which it is, and not as an error."""
    return ("failed", "F", "FAILED") if report.failed and hasattr(report, "kata") else None


def _guarded(item: pytest.Item) -> Generator[None]:
    """Make a failure of a skip, an xfail or an exit that the learner's code asks for."""
    try:
        return (yield)
    except diagnosis.OUTCOMES as outcome:
        found = diagnosis.of_outcome(outcome, folder_of(item)) if exercise_of(item) else None
        if found is None:
            raise
        raise loader.LearnerError(found.sentence, Path(str(found.file)), found.line) from outcome


def _put_into_words(
    item: pytest.Item, report: pytest.TestReport, error: BaseException, found: Diagnosis
) -> None:
    """Print the diagnosis in place of a traceback that would say less, or else below it."""
    text = found.text(item.config.rootpath)
    if isinstance(error, loader.LearnerError):
        said = item.config.stash[_SAID]
        report.longrepr = "The same as above." if text in said else text
        said.add(text)
    elif (found.sentence or found.cause) and not isinstance(error, NotImplementedError):
        report.sections.append(("What happened", text))


def _other_hash(value: object) -> int:
    """Hash as a process with another seed would: numbers as always, anything else otherwise."""
    return hash(value if isinstance(value, int | float) else (value, "another process"))


def _repr(value: object) -> str:
    try:
        return repr(value)[:_VALUE_LIMIT]
    except Exception as error:  # A learner's class may have any `__repr__`.
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _wants_one_process(config: pytest.Config) -> bool:
    option = config.getoption
    debugged = sys.gettrace() is not None or "pydevd" in sys.modules
    return (
        debugged
        or option("in_process")
        or option("usepdb")
        or option("trace")
        or not hasattr(os, "fork")
    )


def _ends(text: str) -> str:
    if len(text) <= _SECTION_LIMIT:
        return text
    half = _SECTION_LIMIT // 2
    return f"{text[:half]}\n… {len(text):,} characters in all …\n{text[-half:]}"
