"""What the answers say of the tests that a learner wrote, as a page."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from kata.course.command import as_typed
from kata.course.exercise import Exercise
from kata.judge import wording
from kata.judge.outcome import Failure
from kata.practice.specs import specifying
from kata.practice.specs.judgement import Alive, Judgement
from kata.terminal import editor

# How many of the learner's tests are listed with what they catch.
_LISTED = 8

# What is said to somebody whose code fails, and what that means to somebody whose test fails.
_MEANT = (
    ("The exercise asks for", "The test asks for"),
    ("and the file has none", "and the exercise has none"),
    ("The tests call it as the README does: compare", "The README says how it is called: compare"),
)


def begun(exercise: Exercise, root: Path) -> RenderableType:
    """Return what is to be done with the file that was made."""
    file = specifying.place(exercise, root)
    return Group(
        Text(f"{exercise.number} · {exercise.title}", "bold"),
        Text(
            "Write the tests for this exercise. A file for them was made, with the fixtures in it:"
        ),
        _link(file, None, root),
        _to_type(f"What they have to say is in the task: kata show {exercise.number}"),
        _to_type(f"When there are tests in it: kata specify {exercise.number}"),
    )


def page(
    exercise: Exercise, root: Path, judgement: Judgement, hinted: Sequence[str]
) -> RenderableType:
    """Return what the answers say of the tests, with the causes that were shown before."""
    parts: list[RenderableType] = [Text(f"{exercise.number} · {exercise.title}", "bold")]
    if judgement.unread is not None:
        parts += _failure("The file cannot be read.", judgement.unread, root)
        return Group(*parts, *_next("Nothing was run", exercise))
    if judgement.failing is not None:
        name = _named(judgement.failing.test)
        parts += _failure(f"{name} fails on the reference.", judgement.failing, root)
        return Group(*parts, *_next("Nothing else was run", exercise))
    if not judgement.tests:
        parts.append(
            Text("There is no test in the file yet: no function whose name begins with test_.")
        )
    else:
        parts += _of_right(judgement, root)
    parts += _of_wrong(judgement)
    known = [each for each in judgement.alive if each.name in hinted]
    if known:
        parts += [Text(), Text("Still alive, as hinted:"), *map(cause, known)]
    if len(judgement.alive) > len(known) and judgement.tests:
        parts += [Text(), _to_type(f"A hint to one of them: kata specify {exercise.number} --hint")]
    if judgement.is_complete:
        parts += [Text(), Text("Nothing is left: the specification is complete.", "bold green")]
    return Group(*parts)


def _of_right(judgement: Judgement, root: Path) -> list[RenderableType]:
    fine = judgement.right - len(judgement.refused)
    if not judgement.refused:
        others = f", and {_counted(fine, 'other right answer')}" if fine else ""
        return [Text(f"✓ The reference passes{others}.", "green")]
    parts: list[RenderableType] = [
        Text(f"The reference passes, and {fine} of {judgement.right} other right answers.")
    ]
    for each in judgement.refused:
        name = _named(each.failure.test)
        parts += _failure(f"{name} refuses a right answer.", each.failure, root)
        parts.append(_indented(f"What that answer does in its own way: {each.difference}"))
    return [*parts, Text()]


def _of_wrong(judgement: Judgement) -> list[RenderableType]:
    caught, wrong = judgement.caught_in_all, judgement.wrong
    score = Text(
        f"{caught} of {wrong} wrong answers are caught ({caught * 100 // wrong} %)", "bold"
    )
    further = sum(each.further for each in judgement.alive)
    beyond = f", {further} of them about what goes further" if further else ""
    left = len(judgement.alive)
    alive = f"; {left} {'is' if left == 1 else 'are'} alive{beyond}." if left else "."
    parts: list[RenderableType] = [score.append(alive)]
    rows = sorted(judgement.caught.items(), key=lambda row: -row[1])
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", min_width=6)
    table.add_column(overflow="ellipsis", no_wrap=True)
    for name, count in rows[:_LISTED]:
        table.add_row(str(count), Text(_named(name)))
    if len(rows) > _LISTED:
        rest = sum(count for _, count in rows[_LISTED:])
        table.add_row(str(rest), Text(f"by {len(rows) - _LISTED} other tests", "dim"))
    if rows:
        parts += [Text("  first caught by", "dim"), table]
    if errors := sum(each.met_an_error for each in judgement.alive):
        parts.append(
            Text(f"A fixture of yours failed on {errors} of them: it takes a test to catch one.")
        )
    return parts


def _failure(headline: str, failure: Failure, root: Path) -> list[RenderableType]:
    """Return what failed, as a sentence or as what was expected and came, and the line of the test."""
    parts: list[RenderableType] = [Text(f"✗ {headline}", "bold red")]
    if failure.sentence:
        parts.append(_indented(_of_the_test(failure.sentence)))
    else:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for label, value in wording.values(failure):
            grid.add_row(Text(f"  {label:<8}", "dim"), Text(value))
        parts.append(grid)
    if failure.file:
        parts.append(Padding(_link(Path(failure.file), failure.line, root), (0, 0, 0, 2)))
    if failure.source:
        parts.append(Padding(Text(failure.source), (0, 0, 0, 6)))
    if failure.exchange:
        said = wording.shortened(failure.exchange)
        parts.append(Padding(Text(said, "magenta"), (0, 0, 0, 2)))
    return parts


def _of_the_test(sentence: str) -> str:
    """Word a sentence that is meant for who solves the exercise for who wrote the test."""
    for said, meant in _MEANT:
        sentence = sentence.replace(said, meant)
    return sentence


def _next(said: str, exercise: Exercise) -> list[RenderableType]:
    return [Text(), _to_type(f"{said}. When that is put right: kata specify {exercise.number}")]


def cause(alive: Alive) -> RenderableType:
    further = " (goes further)" if alive.further else ""
    return Padding(Text(f"• {alive.cause}{further}"), (0, 0, 0, 2))


def _indented(text: str) -> RenderableType:
    return Padding(Text(text), (0, 0, 0, 2))


def _to_type(text: str) -> Text:
    return Text(as_typed(text), "dim")


def _named(test: str) -> str:
    return test.rpartition("::")[2] if "::" in test.partition("[")[0] else test


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _link(file: Path, line: int | None, root: Path) -> Text:
    name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
    shown = f"{name}, line {line}" if line else name
    return Text(shown, Style(color="cyan", link=editor.address(file, line)))
