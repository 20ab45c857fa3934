"""The author's check: every rule that a program can check, for every exercise that is asked for."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from kata.authors import rules
from kata.course.exercise import Exercise
from kata.judge.verdict import Verdict, catchers, judge, laid_over

# How a test of an untouched stub may fail: by the hole itself, or by an assertion about what is missing.
_HONEST = ("NotImplementedError", "AssertionError", "assert ", "Failed: DID NOT RAISE")

_COLUMNS = ("texts and names", "stub fails", "solution passes", "right answers", "wrong answers")


@dataclass(frozen=True)
class Report:
    """What is wrong with each exercise, by column of the table."""

    problems: dict[Exercise, dict[str, list[str]]]

    @property
    def fine(self) -> bool:
        return not any(
            sentences for columns in self.problems.values() for sentences in columns.values()
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, min_width=max(len(each.id) for each in self.problems))
        table.add_row("", *(Text(column, "bold") for column in _COLUMNS))
        for exercise, columns in self.problems.items():
            cells = [Text("✗", "red") if columns[name] else Text("✓", "green") for name in _COLUMNS]
            table.add_row(Text(exercise.id), *cells)
        yield table
        for exercise, columns in self.problems.items():
            for name, sentences in columns.items():
                for sentence in sentences:
                    yield Text(f"{exercise.number}, {name}: {sentence}")


def verify(exercises: list[Exercise], root: Path) -> Report:
    """Check exercises and return what is wrong."""
    return Report({exercise: _problems(exercise, root) for exercise in exercises})


def texts_and_names(exercise: Exercise, root: Path) -> Iterator[str]:
    """Check what can be read off the files: see `kata.authors.rules`."""
    solutions = root / "solutions"
    missing = list(rules.files(exercise, solutions, root / "tests" / "answers"))
    yield from missing
    if any("missing" in sentence for sentence in missing):
        return  # The other checks read these files.
    yield from rules.readme(exercise)
    yield from rules.hints(exercise)
    yield from rules.answer(exercise, solutions)
    yield from rules.stub(exercise)
    yield from rules.signatures(exercise, solutions)
    yield from rules.tests(exercise)


def stub_fails(exercise: Exercise, root: Path) -> Iterator[str]:
    """Check that every test of the stub fails, by the hole itself or by an assertion."""
    verdict = judge(exercise, root / "exercises")
    ran = {name.partition("[")[0] for name in verdict.outcomes}
    for test in exercise.tests:
        if test.partition("::")[2] not in ran:
            yield f"{test} did not run on the stub."
    for name, outcome in verdict.outcomes.items():
        if outcome == "passed":
            yield f"{name} passes on the untouched stub."
        elif not any(kind in verdict.texts[name] for kind in _HONEST):
            yield f"{name} fails on the stub by an error: {verdict.texts[name].strip().splitlines()[-1]}"


def solution_passes(exercise: Exercise, root: Path) -> Iterator[str]:
    """Check that the reference passes every test."""
    yield from _failures(judge(exercise, root / "solutions"))


def right_answer_passes(exercise: Exercise, answer: Path, root: Path) -> Iterator[str]:
    """Check that another correct answer passes every test."""
    yield from _failures(_judged(exercise, answer, root))


def wrong_answer_is_caught(exercise: Exercise, answer: Path, root: Path) -> Iterator[str]:
    """Check that a wrong answer fails in the tests that it names."""
    named = catchers(answer)
    if not named:
        yield "there is no line `# caught by: test_…`."
    known = {test.partition("::")[2] for test in exercise.tests}
    failed = _judged(exercise, answer, root).failed
    for name in named:
        if name not in known:
            yield f"there is no test {name}."
        elif name not in failed:
            yield f"{name} passes."


def answers(exercise: Exercise, kind: str, root: Path) -> list[Path]:
    """List the right or the wrong answers that are kept for an exercise."""
    return sorted((root / "tests" / "answers" / exercise.id).glob(f"{kind}_*"))


def _problems(exercise: Exercise, root: Path) -> dict[str, list[str]]:
    checked = {
        "texts and names": list(texts_and_names(exercise, root)),
        "stub fails": list(stub_fails(exercise, root)) if exercise.stub.is_file() else [],
        "solution passes": list(solution_passes(exercise, root)),
    }
    for kind, check in (("right", right_answer_passes), ("wrong", wrong_answer_is_caught)):
        checked[f"{kind} answers"] = [
            f"{answer.name}: {sentence}"
            for answer in answers(exercise, kind, root)
            for sentence in check(exercise, answer, root)
        ]
    return checked


def _judged(exercise: Exercise, answer: Path, root: Path) -> Verdict:
    with tempfile.TemporaryDirectory() as tree:
        return judge(exercise, laid_over(answer, exercise, root / "solutions", Path(tree)))


def _failures(verdict: Verdict) -> Iterator[str]:
    if not verdict.outcomes:
        yield f"no test ran: {verdict.output.strip()[-500:]}"
    for name, text in verdict.texts.items():
        yield f"{name} fails: {text.strip()}"
