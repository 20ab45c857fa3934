"""Run the whole core of an exercise on files elsewhere, and say how many tests of each step pass.

A focused run stops at the first failure; here, all tests run, so that what was reached counts in each step.
The shipped tests count, in processes of their own as always, and nothing is recorded.
"""

import json
import os
import re
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from kata.course.exercise import Exercise
from kata.judge import lifetime
from kata.judge.environment import NO_OTHER_PLUGINS
from kata.judge.outcome import Failure
from kata.judge.ownership import part_of
from kata.judge.recorder import FURTHER
from kata.judge.verdict import become_pytest

_STEP = re.compile(r"TestStep(\d+)")


@dataclass(frozen=True)
class Examined:
    """How far an exercise is: the tests that pass and those there are, by the number of their step.

    ``failure`` is the first that failed. Where pytest could not run the tests, ``output`` is what it wrote.
    """

    passed: dict[int, int]
    total: dict[int, int]
    failure: Failure | None = None
    output: str = ""

    @property
    def solved(self) -> bool:
        return bool(self.total) and self.passed == self.total


def examine(exercise: Exercise, folder: Path) -> Examined:
    """Run the core's tests of an exercise on its files in ``folder``.

    Raises:
        KeyboardInterrupt: the run was interrupted; it has ended, with all that it started.
    """
    root = exercise.folder.parents[2]
    with tempfile.TemporaryDirectory(prefix="kata-") as own, tempfile.TemporaryFile("w+") as output:
        result = Path(own) / "found"
        pid = lifetime.fork()
        if pid == 0:
            lifetime.end_with_parent()
            tally = _Tally()
            become_pytest(
                [
                    *("--rootdir", str(root), "-c", str(root / "tox.ini"), str(exercise.test_file)),
                    *(
                        "--against",
                        str(folder),
                        "--basetemp",
                        str(Path(own) / "pytest"),
                        *NO_OTHER_PLUGINS,
                    ),
                ],
                root,
                [tally],
                output.fileno(),
                lambda _: tally.write(result),
            )
        _wait(pid)
        if result.exists():
            data = json.loads(result.read_text(encoding="utf-8"))
            failure = Failure(**data["failure"]) if data["failure"] else None
            if data["total"]:
                numbers = sorted(map(int, data["total"]))
                passed, total = (
                    {number: data[name].get(str(number), 0) for number in numbers}
                    for name in ("passed", "total")
                )
                return Examined(passed, total, failure)
        output.seek(0)
        return Examined({}, {}, output=output.read()[-4000:])


def _wait(pid: int) -> None:
    """Wait for a run; when both are interrupted, until it has ended what it started."""
    try:
        os.waitpid(pid, 0)
    except KeyboardInterrupt:
        os.waitpid(pid, 0)
        raise


class _Tally:
    """A pytest plugin that counts by step which tests there are, and which pass."""

    def __init__(self) -> None:
        self._total: Counter[str] = Counter()
        self._passed: Counter[str] = Counter()
        self._failure: Failure | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        left_out = [item for item in items if part_of(item) == FURTHER]
        session.config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        self._total.update(_step_of(item.nodeid) for item in items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        step = _step_of(report.nodeid)
        if report.failed and self._failure is None:
            self._failure = Failure.of(report, self._passed.total())
        if report.when == "call" and report.passed:
            self._passed[step] += 1
        elif report.when == "teardown" and report.failed:
            self._passed[step] -= 1

    def write(self, file: Path) -> None:
        failure = asdict(self._failure) if self._failure else None
        data = {"passed": self._passed, "total": self._total, "failure": failure}
        file.write_text(json.dumps(data), encoding="utf-8")


def _step_of(nodeid: str) -> str:
    """Return the number of the step that a test belongs to; 0 for one that belongs to none."""
    match = _STEP.match(nodeid.partition("::")[2])
    return match[1] if match else "0"
