"""The proof of a case: its tests, run on just the code that was shown."""

import json
import tempfile
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from kata.judge.environment import NO_OTHER_PLUGINS
from kata.judge.outcome import Failure
from kata.judge.verdict import forked_pytest, laid_over
from kata.practice.hunts.requests import Case


@dataclass(frozen=True)
class Proof:
    """The first test that failed, None if all passed; ``ran`` is how many there were.

    Where pytest could not run them, ``output`` is what it wrote.
    """

    failure: Failure | None
    ran: int
    output: str = ""


def prove(case: Case, root: Path) -> Proof:
    """Run the tests that catch a case, or all of them on one that is right."""
    with tempfile.TemporaryDirectory(prefix="kata-") as folder:
        answer, tree = Path(folder) / "answer", Path(folder) / "request"
        for name, text in case.laid_over.items():
            (answer / name).parent.mkdir(parents=True, exist_ok=True)
            (answer / name).write_text(text, encoding="utf-8")
        answer.mkdir(exist_ok=True)  # The reference has nothing laid over it.
        laid_over(answer, case.exercise, root / "solutions", tree)
        result = Path(folder) / "failure"
        place = ("--rootdir", str(root), "-c", str(root / "tox.ini"), "--against", str(tree))
        verdict = forked_pytest(
            [*map(str, case.exercise.test_files), *place, *NO_OTHER_PLUGINS, "--maxfail=1"],
            root,
            [_OnlySome(case.caught_by, result)],
        )
        failure = Failure(**json.loads(result.read_text())) if result.is_file() else None
        return Proof(failure, len(verdict.outcomes), verdict.output)


class _OnlySome:
    """A pytest plugin that runs some of the collected tests, and keeps the first failure.

    ``tests`` has their names without their parameters; empty, it stands for all.
    """

    def __init__(self, tests: Collection[str], result: Path) -> None:
        self._tests = tests
        self._result = result

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._tests:
            items[:] = [each for each in items if each.name.partition("[")[0] in self._tests]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and hasattr(report, "kata") and not self._result.is_file():
            failure = Failure.of(report, 0)
            self._result.write_text(json.dumps(asdict(failure)), encoding="utf-8")
