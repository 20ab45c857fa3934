"""Run a whole project, and look at every exercise of it and at what is left of the run."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from kata.judge.verdict import forked_pytest


class Notes:
    """The plugin that notes the texts of each exercise's failed tests, and how many of its tests ended."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._texts: dict[str, list[str]] = {}
        self._ended: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        exercise = report.nodeid.split("/")[2]
        if not report.passed:
            text = report.longreprtext + "".join(text for _, text in report.sections)
            self._texts.setdefault(exercise, []).append(f"{report.outcome}: {text}")
        self._ended[exercise] += report.when == "teardown"

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not hasattr(session.config, "workerinput"):
            self._file.write_text(json.dumps([self._texts, self._ended]))


@dataclass(frozen=True)
class Result:
    """What a run of the whole project came to."""

    texts: dict[str, list[str]]
    ended: dict[str, int]
    exit_code: int
    output: str
    left: list[str]


def _run(project, *arguments: str) -> Result:
    notes = project.root.parent / "notes.json"
    everything = ["exercises", "-p", "no:cacheprovider"]
    verdict = forked_pytest([*everything, *arguments], project.root, [Notes(notes)])
    texts, ended = json.loads(notes.read_text())
    return Result(texts, ended, verdict.exit_code, verdict.output, _left_over(project.root))


def _left_over(root) -> list[str]:
    """Return what still runs in the project's folder, or was started there; wait for its end a moment."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = [
            p for p in psutil.process_iter(["cwd", "cmdline", "status"]) if _is_of(p.info, root)
        ]
        if not found:
            return []
        psutil.wait_procs(found, timeout=0.1)
    return [" ".join(process.info["cmdline"] or ["?"]) for process in found]


def _is_of(info: dict, root) -> bool:
    return info["status"] != psutil.STATUS_ZOMBIE and (info["cwd"] or "").startswith(str(root))


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    """Return a function that runs all exercises of a project."""
    return _run


@pytest.fixture(scope="session")
def left_over() -> Callable[[Path], list[str]]:
    """Return a function that lists what still runs in a folder."""
    return _left_over
