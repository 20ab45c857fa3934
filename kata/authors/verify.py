"""The author's check: every rule that a program can check, for every exercise that is asked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from kata.authors import code_rules, shipped_stubs, text_rules
from kata.course.exercise import Exercise
from kata.judge import parallel
from kata.judge.batch import Candidate
from kata.judge.verdict import Verdict, catchers

# How a test of an untouched stub may fail: by the hole itself, or by an assertion about what is missing.
_HONEST = ("NotImplementedError", "AssertionError", "assert ", "Failed: DID NOT RAISE")

_COLUMNS = ("texts and names", "stub fails", "solution passes", "right answers", "wrong answers")


@dataclass(frozen=True)
class Report:
    """What is wrong with each exercise, by column of the table, and what else is to be said."""

    problems: dict[Exercise, dict[str, list[str]]]
    notes: tuple[str, ...] = ()

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
        for note in self.notes:
            yield Text(note, "yellow")


def verify(
    exercises: list[Exercise],
    root: Path,
    console: Console | None = None,
    *,
    as_edited: bool = False,
    processes: int = parallel.MOST,
) -> Report:
    """Check exercises and return what is wrong; show on a terminal how far that is.

    What counts is the stub that was shipped, whatever somebody has made of it, unless ``as_edited``.
    """
    with shipped_stubs.laid_out([] if as_edited else exercises) as untouched:
        verdicts = _judged(exercises, untouched, root, console, processes)
        found = {
            each: problems(each, untouched.get(each, each), root, verdicts[each])
            for each in exercises
        }
    notes = (shipped_stubs.note(each, root) for each in untouched)
    return Report(found, tuple(notes))


def _judged(
    exercises: list[Exercise],
    untouched: Mapping[Exercise, Exercise],
    root: Path,
    console: Console | None,
    processes: int,
) -> dict[Exercise, list[Verdict]]:
    work = {each: candidates(each, untouched.get(each, each), root) for each in exercises}
    # Without a thread that redraws the bar: this process forks.
    with Progress(
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=console is None or not console.is_terminal,
    ) as bar:
        task = bar.add_task("Judging", total=sum(map(len, work.values())))

        def advance() -> None:
            bar.advance(task)
            bar.refresh()

        return parallel.judge(work, advance, processes)


def texts_and_names(exercise: Exercise, root: Path) -> Iterator[str]:
    """Check what can be read off the files: see `text_rules` and `code_rules`."""
    solutions = root / "solutions"
    missing = list(text_rules.files(exercise, solutions, root / "tests" / "answers"))
    yield from missing
    if any("missing" in sentence for sentence in missing):
        return  # The other checks read these files.
    yield from text_rules.left_to_write(exercise, solutions)
    yield from text_rules.readme(exercise)
    yield from text_rules.hints(exercise)
    yield from text_rules.answer(exercise, solutions)
    yield from code_rules.stub(exercise)
    yield from code_rules.signatures(exercise, solutions)
    yield from code_rules.tests(exercise)


def stub_fails(exercise: Exercise, verdict: Verdict) -> Iterator[str]:
    """Check that every test of the stub fails, by the hole itself or by an assertion."""
    ran = {name.partition("[")[0] for name in verdict.outcomes}
    stub = text_rules.named(exercise, exercise.stub)
    for test in exercise.tests:
        if test.partition("::")[2] not in ran:
            yield f"{stub}: {test} did not run on it."
    for name, outcome in verdict.outcomes.items():
        if outcome == "passed":
            yield f"{stub}: {name} passes on the untouched stub."
        elif not any(kind in verdict.texts[name] for kind in _HONEST):
            said = verdict.texts[name].strip().splitlines()[-1]
            yield f"{stub}: {name} fails on the stub by an error: {said}"


def passes(verdict: Verdict) -> Iterator[str]:
    """Check that the reference, or another right answer, passes every test."""
    if not verdict.outcomes:
        yield f"no test ran: {verdict.output.strip()[-500:]}"
    for name, text in verdict.texts.items():
        yield f"{name} fails: {text.strip()}"


def is_caught(exercise: Exercise, answer: Path, verdict: Verdict) -> Iterator[str]:
    """Check that a wrong answer fails in the tests that it names."""
    named = catchers(answer)
    if not named:
        yield "there is no line `# caught by: test_…`."
    known = {test.partition("::")[2] for test in exercise.tests}
    for name in named:
        if name not in known:
            yield f"there is no test {name}."
        elif name not in {ran.partition("[")[0] for ran in verdict.outcomes}:
            yield f"{name} did not run: {verdict.output.strip()[-500:]}"
        elif name not in verdict.failed:
            yield f"{name} passes."


def answers(exercise: Exercise, kind: str, root: Path) -> list[Path]:
    """List the right or the wrong answers that are kept for an exercise."""
    return sorted((root / "tests" / "answers" / exercise.id).glob(f"{kind}_*"))


def candidates(exercise: Exercise, untouched: Exercise, root: Path) -> list[Candidate]:
    """List what is judged: the untouched stub, the solution, the right answers and the wrong ones.

    A wrong answer is judged by the tests that it names, everything else by all.
    """
    solutions = root / "solutions"
    return [
        *([Candidate(untouched.folder.parents[1])] if untouched.stub.is_file() else []),
        Candidate(solutions),
        *(Candidate(solutions, answer) for answer in answers(exercise, "right", root)),
        *(
            Candidate(solutions, answer, tests=frozenset(catchers(answer)))
            for answer in answers(exercise, "wrong", root)
        ),
    ]


def problems(
    exercise: Exercise, untouched: Exercise, root: Path, verdicts: Iterable[Verdict]
) -> dict[str, list[str]]:
    """Return what is wrong with an exercise, by column, given the verdicts on its `candidates`."""
    found: dict[str, list[str]] = {column: [] for column in _COLUMNS}
    found["texts and names"] += texts_and_names(untouched, root)
    solution = text_rules.named(exercise, exercise.stub, "solutions")
    for candidate, verdict in zip(candidates(exercise, untouched, root), verdicts, strict=True):
        answer = candidate.answer
        if answer is None and candidate.tree != root / "solutions":
            found["stub fails"] += stub_fails(exercise, verdict)
            continue
        if answer is None:
            found["solution passes"] += (f"{solution}: {what}" for what in passes(verdict))
            continue
        place = answer.relative_to(root).as_posix()
        if candidate.tests is None:
            found["right answers"] += (f"{place}: {what}" for what in passes(verdict))
        else:
            caught = is_caught(exercise, answer, verdict)
            found["wrong answers"] += (f"{place}: {what}" for what in caught)
    return found
