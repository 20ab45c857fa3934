"""What the commands besides a run show: hints, the list, texts and differences. Data in, words out."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from rich.cells import chop_cells
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from kata.course import progress, workspace
from kata.course.exercise import Exercise, Step
from kata.course.progress import Progress

# Below this width two columns of code are too narrow to read.
_SIDE_BY_SIDE = 120

_SOLVED, _MASTERED = "✓ solved", "★ mastered"


def next_hint(exercise: Exercise, root: Path, everything: bool = False) -> RenderableType:
    """Return the hints of the step that fails now, one more than the last time, and note that."""
    number = progress.load(root).failing.get(exercise.id, 1)
    step = next((step for step in exercise.steps if step.number == number), None)
    total = len(exercise.hints_of(number))
    key = f"{exercise.id}/{number}"

    def show_more(state: Progress) -> None:
        state.hints[key] = total if everything else min(state.hints.get(key, 0) + 1, total)

    if step is None or not total:
        state = progress.recover(root)
        page: RenderableType = Text(f"{exercise.number} has no hints for step {number}.")
    else:
        state = progress.update(root, show_more)
        page = hint(exercise, step, state.hints[key])
    return Group(*_said(state), page)


def before_the_solution(exercise: Exercise) -> str:
    """Return the question that is asked before the solution of an unsolved exercise is shown."""
    return (
        f"{exercise.number} is not solved yet. Hints come first: `kata hint {exercise.number}`, "
        "or h while watching.\nShow it all the same?"
    )


def hint(exercise: Exercise, step: Step, shown: int) -> RenderableType:
    """Return the first ``shown`` hints of a step, and how many there are."""
    hints = exercise.hints_of(step.number)
    lines: list[RenderableType] = [
        Text(f"{exercise.number}, step {step.number}: {step.title}", "bold"),
        Markdown("\n".join(f"{n}. {text}" for n, text in enumerate(hints[:shown], 1))),
    ]
    left = len(hints) - shown
    if left > 0:
        lines.append(Text(f"{left} more {'hint' if left == 1 else 'hints'} for this step.", "dim"))
    else:
        lines.append(Text("That was the last hint for this step.", "dim"))
    return Group(*lines)


def listing(
    exercises: list[Exercise], state: Progress, current: str | None, *, cut: bool
) -> RenderableType:
    """Return a row for each exercise: tier, state and question, cut to the width if asked."""
    stars = state.stars(exercises)
    rows, tier = [], None
    for exercise in exercises:
        done = exercise.id in state.solved
        word = _SOLVED if done else "→ next" if exercise.id == current else ""
        # Where there is too little room for all, the question is what gets shorter.
        row = Text(no_wrap=True, overflow="ellipsis" if cut else "ignore")
        row.append(f"{exercise.tier if exercise.tier != tier else '':8}", "bold")
        row.append(f"{exercise.number}  ")
        word = _MASTERED if exercise.id in stars else word
        row.append(f"{word:{len(_MASTERED)}}  ", "green" if done else "bold")
        row.append(exercise.title, "dim" if done else "")
        rows.append(row)
        tier = exercise.tier
    solved = sum(exercise.id in state.solved for exercise in exercises)
    return Group(
        *_said(state), *rows, Text(f"{solved}/{len(exercises)} solved · ★ {len(stars)}", "dim")
    )


def _said(state: Progress) -> list[Text]:
    """Return what is to be said of a file of progress that could not be read or saved."""
    return [Text(state.message, "yellow")] if state.message else []


def document(file: Path) -> RenderableType:
    """Return a Markdown file, rendered; a sentence if it cannot be read."""
    try:
        return Markdown(file.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        return Text(f"{file} cannot be read ({error.strerror}). To restore it: git restore {file}")


def no_solution(exercise: Exercise) -> str:
    """Return the sentence for a project without the solution of an exercise, such as that of a class."""
    return f"There is no solution of {exercise.number} here: solutions/{exercise.tier}/{exercise.id} is missing."


def answer(exercise: Exercise, solutions: Path) -> RenderableType:
    """Return the model answer with its follow-up questions."""
    if not workspace.has_solution(exercise, solutions):
        return Text(no_solution(exercise))
    return document(exercise.within(solutions) / "answer.md")


def difference(exercise: Exercise, solutions: Path, width: int | None) -> RenderableType:
    """Return the learner's files against the reference, side by side where there is room.

    ``width`` is that of the terminal, None where there is none: then no line is broken.
    """
    if not workspace.has_solution(exercise, solutions):
        return Text(no_solution(exercise))
    parts: list[RenderableType] = []
    for mine, theirs in workspace.pairs(exercise, solutions):
        left, right = _lines(mine), _lines(theirs)
        if left == right:
            parts.append(Text(f"{mine.name} is the same as the solution.", "green"))
        elif width is not None and width >= _SIDE_BY_SIDE:
            parts.append(_side_by_side(mine.name, left, right))
        else:
            parts.append(_unified(mine.name, left, right, width))
    return Group(*parts)


def _side_by_side(name: str, left: list[str], right: list[str]) -> Table:
    table = Table(box=None, expand=True, padding=(0, 1), header_style="bold")
    table.add_column(f"{name}: yours", ratio=1, overflow="fold")
    table.add_column("the solution", ratio=1, overflow="fold")
    for mine, theirs, same in _rows(left, right):
        table.add_row(
            Text(mine, "dim" if same else "red"), Text(theirs, "dim" if same else "green")
        )
    return table


def _rows(left: list[str], right: list[str]) -> Iterator[tuple[str, str, bool]]:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        for i in range(max(b - a, d - c)):
            mine = left[a + i] if a + i < b else ""
            theirs = right[c + i] if c + i < d else ""
            yield mine, theirs, tag == "equal"


def _unified(name: str, left: list[str], right: list[str], width: int | None) -> Text:
    styles = {"-": "red", "+": "green", "@": "cyan"}
    # Code is broken where the terminal ends, and not between words as other text is.
    text = Text(no_wrap=True, overflow="ignore")
    diff = difflib.unified_diff(left, right, f"{name}: yours", f"{name}: the solution", lineterm="")
    for line in diff:
        style = "bold" if line[:3] in ("---", "+++") else styles.get(line[:1], "")
        for part in chop_cells(line, width) if width else [line]:
            text.append(f"{part}\n", style)
    return text


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
