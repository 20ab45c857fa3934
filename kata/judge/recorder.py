"""Learn from the reports of pytest which exercises are solved and mastered, and write it down.

An exercise is solved when every test of its core ran and passed in one run, and mastered when those of
its further steps did, too.
"""

from pathlib import Path
from typing import Any

import pytest

from kata.course import progress

CORE, FURTHER = "core", "further"

_Part = tuple[str, str]
"""The id of an exercise, and which part of it."""


class Recorder:
    """The hooks that learn from the reports what is solved and mastered, and write it down."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._passed: dict[_Part, set[str]] = {}
        self._failed: set[_Part] = set()
        self._whole: dict[_Part, int] = {}
        self.message: str | None = None
        """A sentence for the learner, if progress could not be read or saved."""
        self.saves_itself = True
        """Whether it writes down what it found when the run ends."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record: dict[str, Any] | None = getattr(report, "kata", None)
        if record is None:
            return
        part = (record["exercise"], record["part"])
        if record["complete"]:
            self._whole[part] = record["tests"]
        if report.failed:
            self._failed.add(part)
        elif report.passed and report.when == "call":
            self._passed.setdefault(part, set()).add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self.saves_itself:
            self.save()

    def save(self) -> None:
        """Write down what this run found, if that is anything."""
        if not (self._failed or self.solved() or self.mastered(set())):
            return
        self.message = progress.update(self._root, self.note_in).message

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.message:
            terminalreporter.section("progress", yellow=True)
            terminalreporter.write_line(self.message)

    def note_in(self, state: progress.Progress) -> None:
        """Note in the progress what this run showed: also what is no longer solved.

        What is to be solved again stays solved and mastered meanwhile.
        """
        core_failed = {exercise for exercise, part in self._failed if part == CORE}
        state.solved = (state.solved | self.solved()) - (core_failed - state.again)
        failed = {exercise for exercise, _ in self._failed}
        state.mastered = (state.mastered | self.mastered(state.solved)) - (failed - state.again)
        state.again -= self.solved()

    def solved(self) -> set[str]:
        """Return the exercises of which every test of the core ran and passed in this run."""
        return self._all_passed(CORE)

    def mastered(self, solved: set[str]) -> set[str]:
        """Return those of ``solved`` of which every further test ran and passed in this run."""
        return self._all_passed(FURTHER) & (solved | self.solved())

    def _all_passed(self, part: str) -> set[str]:
        return {
            key[0]
            for key, tests in self._whole.items()
            if key[1] == part
            and key not in self._failed
            and len(self._passed.get(key, ())) == tests
        }
