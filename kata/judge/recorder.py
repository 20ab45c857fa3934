"""Learn from the reports of pytest which exercises are solved, and write it down.

An exercise is solved when every test it has ran and passed in one run.
"""

from pathlib import Path
from typing import Any

import pytest

from kata.course import progress


class Recorder:
    """The hooks that learn from the reports which exercises are solved, and write it down."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._passed: dict[str, set[str]] = {}
        self._failed: set[str] = set()
        self._whole: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record: dict[str, Any] | None = getattr(report, "kata", None)
        if record is None:
            return
        exercise = record["exercise"]
        if record["complete"]:
            self._whole[exercise] = record["total"]
        if report.failed:
            self._failed.add(exercise)
        elif report.passed and report.when == "call":
            self._passed.setdefault(exercise, set()).add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        now_solved = self.solved()
        if not (now_solved or self._failed):
            return
        state = progress.load(self._root)
        solved = (state.solved | now_solved) - self._failed
        if solved != state.solved:
            state.solved = solved
            progress.save(self._root, state)

    def solved(self) -> set[str]:
        """Return the exercises of which every test ran and passed in this run."""
        return {
            exercise
            for exercise, total in self._whole.items()
            if exercise not in self._failed and len(self._passed.get(exercise, ())) == total
        }
