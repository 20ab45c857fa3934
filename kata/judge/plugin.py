"""The pytest plugin: its options, and what a run consists of.

A test below ``exercises/<tier>/<id>`` belongs to an exercise; any other runs as pytest runs it. tox.ini
loads this module before any ``conftest.py`` is looked for: see `kata.judge.collection`.
"""

import signal
import sys
import threading
from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest

from kata.judge import started
from kata.judge.focus import Focus
from kata.judge.isolation import Isolation
from kata.judge.outcome import Outcome
from kata.judge.ownership import (
    leave_out_what_is_not_there,
    note_deselected,
    note_selected,
    tree_under_test,
)
from kata.judge.recorder import Recorder

pytest_plugins = ["kata.judge.collection", "kata.judge.fixtures", "kata.judge.reporting"]

# Frames of these explain nothing to a learner: pytest leaves them out of its tracebacks.
_HIDDEN = (
    "flask.app", "flask.ctx", "flask.testing", "flask.views", "werkzeug.test",
    "flask_sqlalchemy.session", "sqlalchemy.orm.scoping", "kata.judge.transcript",
    "kata.judge.fixtures", "kata.judge.reporting", "kata.judge.serving",
)  # fmt: skip


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
        help="run the tests on other modules: a tree such as solutions, a tier, a folder, or one module",
    )
    group.addoption(
        "--focus",
        action="store_true",
        help="run one exercise, the one changed last or the first unsolved, and show one screen",
    )
    group.addoption(
        "--at",
        metavar="ID",
        help="with --focus: the exercise at hand, for a watcher that knows it",
    )
    group.addoption(
        "--in-process",
        action="store_true",
        help="run the exercises in pytest's own process, for a debugger: there is no time limit then",
    )
    group.addoption(
        "--as-edited",
        action="store_true",
        help="run the files of tests as they are and not as they were shipped; for authors",
    )
    parser.addini("kata_time_limit", "seconds that a test of an exercise may take", default="10")
    parser.addini("kata_memory_limit", "MB that an exercise may use beyond Python", default="2048")
    parser.addini("kata_process", "how an exercise gets its process: forked, started", default="")


@pytest.hookimpl(trylast=True)  # After pytest has set up its terminal.
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "time_limit(seconds): how long this test may take")
    if config.getoption("against") and not tree_under_test(config).exists():
        raise pytest.UsageError(
            f"--against {config.getoption('against')}: there is no such folder or file."
        )
    if not __debug__ and config.getoption("assertmode", "plain") == "plain":
        raise pytest.UsageError("With python -O, only --assert=rewrite keeps the assertions.")
    if not _wants_one_process(config):
        config.pluginmanager.register(Isolation(config), "kata-isolation")
    if hasattr(config, "workerinput") or config.pluginmanager.hasplugin(started.PLUGIN):
        return  # Somebody else records and shows: the controller of pytest-xdist, or who started this.
    recorder = Recorder(config.rootpath)
    if not config.getoption("against") and not config.getoption("as_edited"):
        config.pluginmanager.register(recorder, "kata-recorder")
    if config.getoption("focus"):
        # The screen shows no traceback: pytest need not look for the lines of one.
        config.option.tbstyle = "line"
        config.pluginmanager.register(Focus(config, recorder), "kata-focus")
    _stop_in_order(config)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("against"):
        leave_out_what_is_not_there(config, items)


def pytest_deselected(items: Iterable[pytest.Item]) -> None:
    note_deselected(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    for name in _HIDDEN:
        if name in sys.modules:
            sys.modules[name].__dict__["__tracebackhide__"] = True
    note_selected(session)


def _stop_in_order(config: pytest.Config) -> None:
    """Have a request to end, or a terminal that closes, stop the run as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP.
        if number is not None and threading.current_thread() is threading.main_thread():
            before = signal.signal(number, signal.default_int_handler)
            config.add_cleanup(partial(_handle, number, before))


def _handle(number: int, handler: Any) -> None:
    signal.signal(number, handler)


def _wants_one_process(config: pytest.Config) -> bool:
    option = config.getoption
    debugged = sys.gettrace() is not None or "pydevd" in sys.modules
    return debugged or option("in_process") or option("usepdb") or option("trace")
