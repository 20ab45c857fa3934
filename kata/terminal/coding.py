"""The exercise of an interview in the terminal: a clock, and the tests at Enter and at every save."""

import time
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from kata.course.exercise import Exercise
from kata.judge import wording
from kata.judge.diagnosis import where
from kata.judge.outcome import Failure
from kata.practice.interviews.coding import DONE, TIME_UP, Coding
from kata.practice.interviews.interviewing import Result
from kata.practice.interviews.marking import StepReached
from kata.practice.interviews.rounds import stated
from kata.practice.terms import clock
from kata.terminal import editor, modes, pages
from kata.terminal.prompt import ENTER, Prompt

_SAVED = "saved"

# How often, in seconds, the time is kept while nobody does anything.
_KEPT_EVERY = 15

# How many lines of a failure's sentence, and of a value, are shown.
_LINES = 4


def solve(
    prompt: Prompt, coding: Coding, exercise: Exercise, root: Path, *, since: float, minutes: int
) -> Result:
    """Let the learner solve an exercise until it is done, or the time is up.

    ``since`` is the moment of `time.monotonic` at which the round would have begun without a break.

    Raises:
        Left: the learner leaves.
        KeyboardInterrupt: the learner does, while the tests run.
        OSError: what was reached cannot be kept.
    """
    prompt.show(_task(exercise, coding, root))
    editor.show_beside(coding.desk.stub, None)
    keys = {ENTER: "run the tests", "t": "the task", "f": "finish"}
    if prompt.has_keys:
        keys = {ENTER: "run the tests", "t": "the task", "e": "edit", "f": "finish"}
    kept = time.monotonic()

    def tick() -> str | None:
        nonlocal kept
        now = time.monotonic()
        if now - since >= minutes * 60:
            return TIME_UP
        if now - kept >= _KEPT_EVERY:
            coding.keep(now - since)
            kept = now
        return _SAVED if coding.saved else None

    how = DONE
    while not coding.solved:
        match prompt.choose(keys, since=since, minutes=minutes, tick=tick):
            case "t":
                prompt.show(pages.markdown(coding.task))
            case "e":
                _edit(prompt, coding)
            case "f":
                break
            case answer if answer == TIME_UP:
                how = TIME_UP
                prompt.show(Text("The time is up.", "bold"))
                break
            case _:
                _run(prompt, coding, since)
    seconds = time.monotonic() - since
    if coding.saved or not coding.runs:
        _run(prompt, coding, since)
    return coding.end(seconds, how)


def reached(steps: list[StepReached]) -> RenderableType:
    """Return how many tests of each step pass."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    for step in steps:
        done = step.passed == step.total
        table.add_row(
            Text("✓", "green") if done else Text("✗", "red"),
            f"Step {step.number}: {step.title}" if step.number else step.title,
            f"{step.passed} of {step.total} tests",
        )
    return table


def _task(exercise: Exercise, coding: Coding, root: Path) -> RenderableType:
    desk = coding.desk
    place = Text(desk.folder.relative_to(root).as_posix(), Style(link=editor.address(desk.folder)))
    files = [_link(file, desk) for file in desk.files_to_edit]
    return Group(
        Text(exercise.title, "bold"),
        *(Text(f"  Step {step.number}: {step.title}") for step in exercise.core),
        Text(
            f"The exercise states {stated(exercise)} minutes. The tests run at every save. There are no hints.",
            "dim",
        ),
        Text(),
        Text("In    ").append_text(place),
        Text("Edit  ").append_text(Text(", ").join(files)),
        Text("Read  ").append_text(_link(desk.readme, desk)),
    )


def _link(file: Path, desk: Exercise) -> Text:
    """Return a name that a terminal can open."""
    name = file.relative_to(desk.folder).as_posix()
    return Text(name, Style(link=editor.address(file)))


def _edit(prompt: Prompt, coding: Coding) -> None:
    terminal = modes.open_terminal()
    with terminal.keys():
        said = editor.edit(coding.desk.files_to_edit, terminal)
    if said:
        prompt.show(Text(said, "yellow"))


def _run(prompt: Prompt, coding: Coding, since: float) -> None:
    seconds = time.monotonic() - since
    prompt.show(Text(f"The tests run, at {clock(seconds)}", "dim"))
    found = coding.run(seconds)
    if not found.total:
        prompt.show(Text(found.output.strip() or "The tests could not be run."))
        return
    prompt.show(reached(coding.steps))
    if found.failure is not None:
        prompt.show(_failure(found.failure, coding.desk))


def _failure(failure: Failure, desk: Exercise) -> RenderableType:
    """Return the first test that fails, and why."""
    lines: list[RenderableType] = [Text(f"✗ {wording.sentence(failure.test)}", "bold red")]
    if failure.sentence:
        lines.append(_cut(failure.sentence))
    else:
        for label, value in wording.values(failure):
            lines.append(_cut(f"{label}: {value}"))
    if failure.file:
        lines.append(Text(f"  {where(failure.file, failure.line, desk.folder)}", "cyan"))
    if failure.source:
        lines.append(Text(f"      {failure.source}", no_wrap=True, overflow="ellipsis"))
    if failure.exchange:
        lines.append(Text(f"  {failure.exchange}", "magenta", no_wrap=True, overflow="ellipsis"))
    return Group(*lines)


def _cut(text: str) -> RenderableType:
    lines = text.splitlines()[:_LINES]
    return Padding(Text("\n".join(map(wording.shortened, lines))), (0, 0, 0, 2))
