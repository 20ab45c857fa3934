"""The process of an exercise as an interpreter of its own, for systems without fork.

It collects the tests of the exercise once more and then serves them as a forked process does. What it
needs to know comes through its standard input.
"""

import base64
import io
import json
import os
import socket
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, Any, NoReturn

import pytest
from _pytest.terminal import TerminalReporter

from kata.judge import environment, lifetime, serving
from kata.judge.lifetime import Started
from kata.judge.ownership import argument_for, tree_under_test
from kata.judge.serving import Place

PLUGIN = "kata-served"
"""The name of the plugin that tells a served pytest from one that somebody has called."""


def start(
    config: pytest.Config,
    files: list[Path],
    end: socket.socket,
    folder: Path,
    words: IO[str],
    memory: int,
) -> Started:
    """Start an interpreter that serves the tests in ``files`` at this end of the connection."""
    process = Popen(
        [sys.executable, "-X", "utf8", "-m", "kata.judge.started"],
        stdin=PIPE,
        stdout=None if _shows(config) else DEVNULL,
        stderr=None if _shows(config) else words,
        env=variables(),
        cwd=config.invocation_params.dir,
        pass_fds=inherited(end),
        start_new_session=os.name == "posix",
    )
    tests = [argument_for(file, config) for file in files]
    setup = {
        "arguments": [*_arguments(config), *tests],
        "end": shared(end, process.pid),
        "folder": str(folder),
        "words": str(words.name),
        "memory": memory,
    }
    assert process.stdin is not None
    with process.stdin as stream:
        stream.write(json.dumps(setup).encode())
    return Started(process)


def variables() -> dict[str, str]:
    """Return the environment variables for an interpreter that imports what this one imports."""
    tidied = dict(os.environ)
    environment.tidy(tidied)
    return tidied | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def inherited(end: socket.socket) -> tuple[int, ...]:
    """Return the descriptors that a process inherits to take over this end: none on Windows."""
    return () if hasattr(end, "share") else (end.fileno(),)


def shared(end: socket.socket, process: int) -> int | str:
    """Return what another process needs to take over this end of a connection."""
    share = getattr(end, "share", None)  # There is one on Windows alone.
    return end.fileno() if share is None else base64.b64encode(share(process)).decode()


def taken(end: int | str) -> socket.socket:
    """Return the end of a connection that another process has shared."""
    if isinstance(end, int):
        connection = socket.socket(fileno=end)
        connection.set_inheritable(False)  # Another program in this process is not to hold it.
        return connection
    fromshare = getattr(socket, "fromshare")  # noqa: B009  There is one on Windows alone.
    shared_end: socket.socket = fromshare(base64.b64decode(end))
    return shared_end


def main() -> None:
    """Serve what the standard input describes.

    Where this process can be forked, a fork of it serves, behind a keeper of its own: then pytest is
    not the parent of the learner's code.
    """
    lifetime.end_with_parent()
    setup: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    if not hasattr(os, "fork"):
        _serve(setup)
    kept = lifetime.fork_kept(lambda: _serve(setup))
    os.close(setup["end"])  # Nobody but the fork may hold it.
    code = kept.status(None)
    kept.end()
    lifetime.end_as(code or 0)


def _serve(setup: dict[str, Any]) -> NoReturn:
    with Path(setup["words"]).open("a", encoding="utf-8") as words:
        place = Place(Path(setup["folder"]), words, setup["memory"])
        sys.exit(pytest.main(setup["arguments"], plugins=[_Served(taken(setup["end"]), place)]))


class _Served:
    """The plugin that serves tests in place of pytest's own loop, and keeps its report quiet."""

    __name__ = PLUGIN

    def __init__(self, end: socket.socket, place: Place) -> None:
        self._end = end
        self._place = place

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        manager = config.pluginmanager
        manager.unregister(manager.getplugin("terminalreporter"))
        manager.register(TerminalReporter(config, io.StringIO()), "terminalreporter")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        serving.serve(session, self._end, self._place)


def _shows(config: pytest.Config) -> bool:
    """Say whether what is printed goes to the terminal, as with ``-s``."""
    return bool(config.getoption("capture") == "no")


def _arguments(config: pytest.Config) -> list[str]:
    """Return the arguments under which the same tests are collected as in this pytest."""
    against = str(tree_under_test(config)) if config.getoption("against") else None
    changed = [part for value in config.option.override_ini or () for part in ("-o", value)]
    return [
        *("--rootdir", str(config.rootpath), "-c", str(config.inipath)),
        *("--in-process", f"--capture={config.getoption('capture')}", "-p", "no:cacheprovider"),
        *("--disable-plugin-autoload", f"--tb={config.getoption('tbstyle')}", *changed),
        *(("--against", against) if against else ()),
        *(("--as-edited",) if config.getoption("as_edited") else ()),
    ]


if __name__ == "__main__":
    main()
