"""The side of an exercise's process: run the tests that are asked for, and report them."""

import contextlib
import faulthandler
import os
import pdb
import socket
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn
from unittest.mock import patch

import pytest
from _pytest import assertion
from _pytest.runner import runtestprotocol

from kata.judge import environment, protocol
from kata.judge.protocol import Channel

LEFT = "The process leaves.\n"
"""What stands before a stack in the last words if `os._exit` was called."""

OUT_OF_MEMORY = 112
"""The exit code of a process that has too little memory to say so."""

PLUGIN = "kata-serving"
"""The name of the plugin that tells the process of an exercise from pytest's own."""

_leave = os._exit


@dataclass(frozen=True)
class Place:
    """Where the process finds its files, and what it may use.

    ``folder`` is its temporary folder, ``words`` is open for its last words, ``memory`` is in bytes.
    """

    folder: Path
    words: IO[str]
    memory: int


def serve(session: pytest.Session, end: socket.socket, place: Place) -> NoReturn:
    """Run the tests that are asked for until the connection closes; then end the process."""
    status = 1
    try:
        environment.settle(place.folder, place.memory)
        _keep_files_below(place.folder, session.config)
        channel = Channel(end)
        _keep_children_away(channel)
        _say_where_it_leaves(place.words)
        captured = set(_captured_in(session.config))
        _keep_only({0, 1, 2, end.fileno(), place.words.fileno()} | captured)
        faulthandler.enable(place.words)
        session.config.pluginmanager.register(_OnlyHere(), PLUGIN)
        items = {item.nodeid: item for item in session.items}
        while True:
            question = channel.receive()
            reports = _run(items, question, place.words)
            channel.send(protocol.answer(question["number"], reports))
    except protocol.Closed:
        session._setupstate.teardown_exact(None)
        status = 0
    except MemoryError:  # What the test keeps leaves too little for a report.
        status = OUT_OF_MEMORY
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        _leave(status)


class _OnlyHere:
    """End every copy of this process that a test has forked and that comes back out of the test."""

    def __init__(self) -> None:
        self._process = os.getpid()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None]:
        yield from self._guarded()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None]:
        yield from self._guarded()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None]:
        yield from self._guarded()

    def _guarded(self) -> Generator[None]:
        try:
            return (yield)
        finally:
            if os.getpid() != self._process:
                _leave(0)


def _run(
    items: dict[str, pytest.Item], question: dict[str, Any], words: IO[str]
) -> list[dict[str, Any]]:
    item, following = items[question["test"]], items.get(question["following"] or "")
    # The process has a clock of its own: it ends when the time is over, whether or not somebody waits.
    faulthandler.dump_traceback_later(question["limit"], exit=True, file=words)
    try:
        with _asserting(item), _no_debugger(item):
            reports = runtestprotocol(item, log=False, nextitem=following)
    finally:
        faulthandler.cancel_dump_traceback_later()
    serialize = item.config.hook.pytest_report_to_serializable
    found = [serialize(config=item.config, report=report) for report in reports]
    return found if protocol.fits(found) else [_bare(report) for report in found]


@contextlib.contextmanager
def _asserting(item: pytest.Item) -> Iterator[None]:
    """Have pytest explain failed assertions of this test, as it does in its own loop."""
    explaining = assertion.pytest_runtest_protocol(item)
    next(explaining)
    try:
        yield
    finally:
        next(explaining, None)


@contextlib.contextmanager
def _no_debugger(item: pytest.Item) -> Iterator[None]:
    """Refuse to open the debugger, which would wait for what nobody can type here."""
    folder = item.path.parent.relative_to(item.config.rootpath)

    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise environment.NoTerminal(
            f"This line opens the debugger, which nobody can answer here. To use it: pytest {folder} --pdb"
        )

    with patch.object(sys, "breakpointhook", refuse), patch.object(pdb, "set_trace", refuse):
        yield


def _bare(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what it says, which is too long or cannot be sent."""
    said = "What this test says is longer than 2 MB, or cannot be shown."
    return {
        "$report_type": "TestReport",
        "nodeid": report["nodeid"],
        "location": list(report["location"]),
        "keywords": {},
        "outcome": report["outcome"],
        "longrepr": said if report["outcome"] != "passed" else None,
        "when": report["when"],
        "sections": [],
        "duration": 0.0,
        "start": 0.0,
        "stop": 0.0,
        "user_properties": [],
    }


def _keep_files_below(folder: Path, config: pytest.Config) -> None:
    """Have `tmp_path` make its folders below ``folder``, if pytest itself has made no place for them."""
    factory: Any = getattr(config, "_tmp_path_factory", None)
    if factory is not None and factory._basetemp is None and factory._given_basetemp is None:
        factory._given_basetemp = folder / "pytest"


def _keep_children_away(channel: Channel) -> None:
    """Close the connection in every process that a test forks: only this one may answer."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=channel.close)


def _say_where_it_leaves(words: IO[str]) -> None:
    """Let ``os._exit`` say from where it was called before it does what it does."""
    process = os.getpid()

    def _exit(status: int) -> NoReturn:
        if os.getpid() == process:
            with contextlib.suppress(Exception):
                words.write(LEFT)
                words.flush()
                faulthandler.dump_traceback(file=words, all_threads=False)
        _leave(status)

    os._exit = _exit


def _keep_only(needed: set[int]) -> None:
    """Lead every other descriptor nowhere: the terminal, files of pytest and of who called it.

    They stay open, so that no number of theirs is given to a file that a test opens.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/dev/fd") if Path("/dev/fd").is_dir() else ():  # noqa: PTH208
        if int(name) not in needed:
            with contextlib.suppress(OSError):  # The listing has had one of its own.
                os.fstat(int(name))
                os.dup2(nowhere, int(name))
    os.close(nowhere)


def _captured_in(config: pytest.Config) -> Iterator[int]:
    """Yield the descriptors of the files that pytest captures with."""
    manager = config.pluginmanager.getplugin("capturemanager")
    capturing = getattr(manager, "_global_capturing", None)
    for stream in ("in_", "out", "err"):
        file = getattr(getattr(capturing, stream, None), "tmpfile", None)
        with contextlib.suppress(AttributeError, OSError, ValueError):
            yield file.fileno()  # type: ignore[union-attr]
