"""Run pytest in a fork of this process, and say how each test ended.

The fork has all that this process imported: it starts in a fraction of the time that a new interpreter
would take.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from kata.course.exercise import Exercise
from kata.judge.lifetime import fork

# The variables that name a real service to run on: see `kata.services.fixtures`.
SERVICES = ("KATA_REDIS_URL", "KATA_AMQP_URL", "KATA_KAFKA_SERVERS")

_CAUGHT_BY = re.compile(r"caught by: *([\w, ]+)")


@dataclass
class Verdict:
    """The outcome of each test by its name (``test_x[id]``), the text of each failure, and the exit code."""

    outcomes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    exit_code: int = -1
    output: str = ""

    @property
    def failed(self) -> set[str]:
        """Return the names of the tests that did not pass, without their parameters."""
        return {
            name.partition("[")[0] for name, outcome in self.outcomes.items() if outcome != "passed"
        }

    @property
    def passed(self) -> bool:
        """Say whether tests ran and every one passed."""
        return bool(self.outcomes) and not self.failed and self.exit_code == 0


class Collector:
    """A pytest plugin that keeps what `Verdict` needs."""

    def __init__(self) -> None:
        self.verdict = self.begin()

    def begin(self) -> Verdict:
        """Begin a new verdict, and return it."""
        self.verdict = Verdict()
        return self.verdict

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("::", 2)[-1]
        if report.failed or report.skipped:
            self.verdict.outcomes[name] = report.outcome
            self.verdict.texts[name] = report.longreprtext + "".join(
                text for _, text in report.sections
            )
        elif report.when == "call":
            self.verdict.outcomes.setdefault(name, "passed")

    def write(self, result: Path, exit_code: int) -> None:
        """Write the verdict for `ended` to read in another process."""
        self.verdict.exit_code = exit_code
        result.write_text(json.dumps(asdict(self.verdict)), encoding="utf-8")


def forked_pytest(
    arguments: Sequence[str], folder: Path, plugins: Sequence[object] = (), *, real: bool = False
) -> Verdict:
    """Run ``pytest`` with these arguments in ``folder``, in a fork of this process.

    ``real`` lets it use the services that the environment names.
    """
    collector = Collector()
    with (
        tempfile.TemporaryFile("w+", errors="replace") as output,
        # Runs at the same moment would tidy up each other's temporary folders.
        tempfile.TemporaryDirectory() as own,
    ):
        arguments = [*arguments, "--basetemp", str(Path(own) / "pytest")]
        result = Path(own) / "verdict"
        pid = fork()
        if pid == 0:
            become_pytest(
                arguments,
                folder,
                [collector, *plugins],
                output.fileno(),
                lambda code: collector.write(result, code),
                real=real,
            )
        _, status = os.waitpid(pid, 0)
        verdict = ended(result, status)
        output.seek(0)
        verdict.output = output.read()
        return verdict


def ended(result: Path, status: int) -> Verdict:
    """Return what a `Collector` of an ended process wrote, or else only how the process ended."""
    if not result.exists():
        return Verdict(exit_code=os.waitstatus_to_exitcode(status))
    verdict = Verdict(**json.loads(result.read_text(encoding="utf-8")))
    result.unlink()
    return verdict


def laid_over(answer: Path | None, exercise: Exercise, solutions: Path, tree: Path) -> Path:
    """Copy the solution of ``exercise`` below ``tree``, lay ``answer`` over it, and return ``tree``.

    An answer is a file, which stands for the learner's module, or a folder of files, or none.
    """
    folder = exercise.within(tree)
    shutil.copytree(exercise.within(solutions), folder)
    if answer is None:
        return tree
    if answer.is_dir():
        shutil.copytree(answer, folder, dirs_exist_ok=True)
    else:
        shutil.copyfile(answer, folder / exercise.stub.name)
    return tree


def catchers(answer: Path) -> list[str]:
    """Return the tests that a wrong answer names with ``caught by: test_x, test_y``."""
    files = sorted(answer.rglob("*")) if answer.is_dir() else [answer]
    for file in files:
        match = _CAUGHT_BY.search(file.read_text(encoding="utf-8")) if file.is_file() else None
        if match:
            return [name.strip() for name in match[1].split(",")]
    return []


def become_pytest(
    arguments: Sequence[str],
    folder: Path,
    plugins: Sequence[object],
    output: int,
    finish: Callable[[int], None],
    *,
    real: bool = False,
) -> NoReturn:
    """Make of this forked process a run of pytest in ``folder``, and end with its exit code.

    What it prints goes to the descriptor ``output``. ``finish`` is called with the exit code first.
    """
    code = 1
    try:
        os.chdir(folder)
        for name in ("PYTEST_ADDOPTS", "COLUMNS", "FORCE_COLOR", *(() if real else SERVICES)):
            os.environ.pop(name, None)
        for stream in (1, 2):
            os.dup2(output, stream)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        code = int(pytest.main([*arguments], plugins=plugins))
        finish(code)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
