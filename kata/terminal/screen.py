"""All text for the terminal: data in, words out."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.segment import Segment, Segments
from rich.style import Style
from rich.table import Table
from rich.text import Text

from kata.course import command
from kata.course.exercise import Exercise, Step
from kata.judge import wording
from kata.judge.diagnosis import where
from kata.judge.outcome import Failure, Outcome
from kata.terminal import editor, pages
from kata.terminal.console import make_console

_BAR = 30
_LABEL = 8

# How many lines of a step's first paragraph are shown at least.
_SUMMARY = 3

_Line = list[Segment]


class Screen:
    """The one screen of a focused run."""

    def __init__(
        self,
        root: Path,
        exercises: Sequence[Exercise],
        console: Console | None = None,
        *,
        room: int | None = None,
        keys: bool = False,
    ) -> None:
        """Make a screen of ``room`` lines, if that is known; ``keys`` says that the watcher's work."""
        self._root = root
        self._exercises = exercises
        self._console = console or make_console()
        if room is None and self._console.is_terminal:
            room = self._console.height - 1
        self._room = room
        self._keys = keys
        self._old = False
        self._lines: list[_Line] = []
        self._step: tuple[int, Step] | None = None

    def show(self, outcome: Outcome, *, old: bool = False) -> None:
        """Print the exercises just solved, the failure if there is one, and the progress.

        ``old`` says that a new verdict is on its way. Of the step, as much is shown as there is room for.
        """
        self._old, self._lines, self._step = old, [], None
        self._lay_out(outcome)
        if self._step is not None:  # Only now is it known how much room is left for it.
            place, step = self._step
            self._lines[place:place] = self._task(step)
        segments = chain.from_iterable([*line, Segment.line()] for line in self._lines)
        self._console.print(Segments(segments), end="", soft_wrap=True)

    def _lay_out(self, outcome: Outcome) -> None:
        for message in outcome.messages:
            self._print(f"[yellow]{escape(command.as_typed(message))}[/]")
        if outcome.pytest_output is not None:
            self._print(Text(outcome.pytest_output.rstrip()), soft_wrap=True)
            return
        for exercise in self._exercises:
            if exercise.id in outcome.solved_now:
                self._say_solved(exercise, mastered=exercise.id in outcome.mastered_now)
        if outcome.failure is not None:
            if outcome.solved_now:
                self._print("")
            self._say_failure(outcome.failure)
        elif {exercise.id for exercise in self._exercises} <= set(outcome.solved):
            self._print("Every exercise is solved.")
        self._say_progress(outcome)

    def _say_solved(self, exercise: Exercise, *, mastered: bool) -> None:
        done = "★ {} is mastered" if mastered else "✓ {} is solved"
        self._print(f"[bold green]{done.format(exercise.number)}[/] · {escape(exercise.title)}")
        self._print(f"  Compare  {command.name()} diff {exercise.number}")
        self._print(f"  Answer   {command.name()} answer {exercise.number}")
        if not exercise.further or mastered:
            return
        outlook = f"for ★: {wording.outlook(exercise)}"
        if self._keys:
            self._indented(f"Further  the key f, {outlook}", lines=1)
        else:
            self._print(f"  Further  {command.name()} run {exercise.number}")
            self._indented(outlook, indent=11, style="dim")

    def _say_failure(self, failure: Failure) -> None:
        exercise = next((e for e in self._exercises if e.id == failure.exercise), None)
        if exercise is None:
            self._print(f"{failure.exercise} is no longer there.")
            return
        step = exercise.step_of(failure.test_class)
        head = Table.grid(expand=True)
        head.add_column()
        head.add_column(justify="right", no_wrap=True)
        head.add_row(
            Text(f"{exercise.number} · {exercise.title}", "bold"),
            Text(f"{failure.passed} of {failure.total} tests", "dim"),
        )
        self._print(head)
        if step is not None:
            further = " [dim](goes further, for ★)[/]" if step.further else ""
            self._print(f"[bold]Step {step.number}: {escape(step.title)}[/]{further}")
            self._say_step(step)
        self._print("")
        if self._old:
            again = "[yellow](old: it runs again)[/]"
            self._print(f"[dim]✗ {escape(wording.sentence(failure.test))}[/] {again}")
        else:
            self._print(f"[bold red]✗ {escape(wording.sentence(failure.test))}[/]")
        self._say_cause(failure)
        self._print("")
        self._print(Text("  Edit  ").append_text(self._link(exercise.stub)))
        others = [str(path.relative_to(exercise.folder)) for path in exercise.files_to_edit[1:]]
        if others:
            self._indented(f"and beside it {', '.join(others)}", indent=8)
        self._print(Text("  Read  ").append_text(self._link(exercise.readme)))
        if not self._keys:  # There, the last line names the key.
            self._print(f"  Hint  {command.name()} hint")

    def _say_cause(self, failure: Failure) -> None:
        if failure.sentence:
            self._indented(command.as_typed(failure.sentence), lines=4)
        else:
            for label, value in wording.values(failure):
                self._labelled(label, value)
        if failure.file:
            link = editor.address(Path(failure.file), failure.line)
            place = where(failure.file, failure.line, self._root)
            self._indented(place, style=Style(color="cyan", link=link))
        if failure.source:
            self._indented(failure.source, indent=6)
        if failure.exchange:
            lines = 1 if failure.note else 3
            self._indented(failure.exchange, lines=lines, style="magenta")
        if failure.note:
            self._indented(failure.note, lines=3)
        if failure.cause:
            self._print("")
            self._indented(f"Likely: {failure.cause}", lines=3)
            self._print(f"  [blue]{escape(str(failure.page))}[/]")
        if failure.printed:
            room = self._console.width - _LABEL - 4
            printed = failure.printed.splitlines()[-4:]
            self._labelled("printed", "\n".join(wording.shortened(line, room) for line in printed))

    def _say_progress(self, outcome: Outcome) -> None:
        total = len(self._exercises)
        done = sum(1 for exercise in self._exercises if exercise.id in outcome.solved)
        stars = sum(1 for exercise in self._exercises if exercise.id in outcome.mastered)
        filled = done * _BAR // max(total, 1)
        self._print("")
        self._print(
            f"[green]{'█' * filled}[/][dim]{'░' * (_BAR - filled)}[/] {done}/{total} solved"
            + (f" · [yellow]★ {stars}[/]" if stars else "")
        )

    def _say_step(self, step: Step) -> None:
        """Print the step's first paragraph; where the room is known, note where the step is to stand."""
        if self._room is None:
            self._indented(wording.plain(step.summary), lines=_SUMMARY, style="dim")
        else:
            self._step = len(self._lines), step

    def _task(self, step: Step) -> list[_Line]:
        """Return the lines of a step that there is room for beside all others."""
        assert self._room is not None
        console = self._console
        lines = console.render_lines(
            pages.markdown(step.asked), console.options.update_width(console.width - 4), pad=False
        )
        least = min(len(self._wrapped(step.summary, 2)), _SUMMARY)
        room = max(least, self._room - len(self._lines))
        if len(lines) > room:
            cut = "… (t: the whole task)" if self._keys else "…"
            lines = [*lines[: room - 1], [Segment(cut, Style(dim=True))]]
        return [[Segment("  "), *_stripped(line)] for line in lines]

    def _link(self, path: Path) -> Text:
        """Return a path that a terminal can open."""
        return Text(str(path.relative_to(self._root)), Style(link=editor.address(path)))

    def _print(self, what: RenderableType, *, soft_wrap: bool | None = None) -> None:
        """Lay out what is printed in the end. With ``soft_wrap``, the terminal wraps its lines."""
        console = self._console
        if soft_wrap is None:
            # In a file a line stays a line; in a terminal it is wrapped here, where the lines are counted.
            soft_wrap = isinstance(what, str) and not console.is_terminal
        text = console.render_str(what) if isinstance(what, str) else what
        if soft_wrap:
            options = console.options.update(no_wrap=True, overflow="ignore")
            self._lines += Segment.split_lines(console.render(text, options))
        else:
            self._lines += console.render_lines(text, pad=False)

    def _wrapped(self, text: str, indent: int, style: str | Style = "") -> list[Text]:
        return list(Text(text, style).wrap(self._console, self._console.width - indent - 2))

    def _indented(
        self, text: str, lines: int = 2, indent: int = 2, style: str | Style = ""
    ) -> None:
        wrapped = self._wrapped(text, indent, style)
        if len(wrapped) > lines:
            wrapped = wrapped[:lines]
            wrapped[-1].rstrip()
            wrapped[-1].append(" …")
        for line in wrapped:
            line.rstrip()
            self._print(Text(" " * indent).append_text(line), soft_wrap=True)

    def _labelled(self, label: str, value: str) -> None:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Text(f"  {label:<{_LABEL}}", "dim"), Text(value))
        self._print(grid)


def _stripped(line: _Line) -> _Line:
    """Return a line without the blanks at its end."""
    while line and not line[-1].text.strip():
        line = line[:-1]
    return [*line[:-1], *(Segment(each.text.rstrip(), each.style) for each in line[-1:])]
