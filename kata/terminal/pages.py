"""What the commands besides a run show: hints, the list, texts and differences. Data in, words out."""

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.cells import chop_cells
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from kata.course import progress, workspace
from kata.course.command import as_typed
from kata.course.exercise import Exercise, Step
from kata.course.progress import Progress

# Below this width two columns of code are too narrow to read.
_SIDE_BY_SIDE = 120

_EXAMPLE = re.compile(
    r"^## Example\s*$.*?(?=^## |^# |^\*\*Out of scope|\Z)", re.MULTILINE | re.DOTALL
)


def next_hint(exercise: Exercise, root: Path, everything: bool = False) -> RenderableType:
    """Return the hints of the step that fails now, one more than the last time, and note that."""
    state = progress.load(root)
    step = state.step_at(exercise)
    if step is None or not exercise.hints_of(step.number):
        number = state.failing.get(exercise.id, 1)
        state = progress.recover(root)
        page: RenderableType = Text(f"{exercise.number} has no hints for step {number}.")
    else:
        state = progress.update(root, lambda now: now.show_hints(exercise, step, everything))
        page = hint(exercise, step, state.hints_shown(exercise, step))
    return Group(*_said(state), page)


def before_the_solution(exercise: Exercise) -> str:
    """Return the question that is asked before the solution of an unsolved exercise is shown."""
    return as_typed(
        f"{exercise.number} is not solved yet. Hints come first: `kata hint {exercise.number}`, "
        "or h while watching.\nShow it all the same?"
    )


def hint(exercise: Exercise, step: Step, shown: int) -> RenderableType:
    """Return the first ``shown`` hints of a step, and how many there are."""
    hints = exercise.hints_of(step.number)
    lines: list[RenderableType] = [
        Text(f"{exercise.number}, step {step.number}: {step.title}", "bold"),
        markdown("\n".join(f"{n}. {text}" for n, text in enumerate(hints[:shown], 1))),
    ]
    left = len(hints) - shown
    if left > 0:
        lines.append(Text(f"{left} more {'hint' if left == 1 else 'hints'} for this step.", "dim"))
    else:
        lines.append(Text("That was the last hint for this step.", "dim"))
    return Group(*lines)


def listing(
    exercises: list[Exercise], state: Progress, current: Exercise | None, *, cut: bool
) -> RenderableType:
    """Return a row for each exercise: tier, how far it is, and question, cut to the width if asked."""
    stars = state.stars(exercises)
    found = rows(exercises, state, stars, current, cut=cut)
    return Group(*_said(state), *found, counted(exercises, state, stars))


def rows(
    exercises: Sequence[Exercise],
    state: Progress,
    stars: set[str],
    current: Exercise | None,
    *,
    cut: bool = True,
) -> list[Text]:
    """Return one line on each exercise: tier, number, how far it is, and question."""
    words = [_how_far(each, state, stars) for each in exercises]
    width = max(map(len, words), default=0)
    return [
        _row(each, f"{word:{width}}", state, at=each == current, cut=cut)
        for each, word in zip(exercises, words, strict=True)
    ]


def _row(exercise: Exercise, how_far: str, state: Progress, *, at: bool, cut: bool) -> Text:
    done = exercise.id in state.done
    # Where there is too little room for all, the question is what gets shorter.
    line = Text(no_wrap=True, overflow="ellipsis" if cut else "ignore")
    line.append("→ " if at else "  ", "bold")
    line.append(f"{exercise.tier:7}", "dim")
    line.append(f"{exercise.number}  ", "bold")
    line.append(f"{how_far}  ", "green" if done else "")
    line.append(exercise.title, "dim" if done else "")
    return line


def counted(exercises: Sequence[Exercise], state: Progress, stars: set[str]) -> Text:
    """Return how many exercises are solved and mastered."""
    solved = sum(exercise.id in state.solved for exercise in exercises)
    return Text(f"{solved}/{len(exercises)} solved · ★ {len(stars)}", "dim")


def _how_far(exercise: Exercise, state: Progress, stars: set[str]) -> str:
    """Say how far an exercise is: its state, or the step and the tests reached, and the hints used."""
    words = []
    if exercise.id in state.again:
        words.append("★ ↻ again" if exercise.id in stars else "✓ ↻ again")
    elif exercise.id in state.solved:
        words.append("★ mastered" if exercise.id in stars else "✓ solved")
    if exercise.id in state.reached and exercise.id not in state.done:
        passed, total = state.reached[exercise.id]
        step = state.failing.get(exercise.id)
        place = f"step {step} of {len(exercise.steps)} · " if step else ""
        words.append(f"{place}{passed}/{total}")
    hints = sum(count for key, count in state.hints.items() if key.partition("/")[0] == exercise.id)
    if hints:
        words.append(f"{hints} hint{'s' if hints > 1 else ''}")
    return " · ".join(words)


def step_at_hand(exercise: Exercise, root: Path) -> Step | None:
    """Return the step of an exercise that failed last, or its first."""
    return progress.load(root).step_at(exercise)


def task(exercise: Exercise, step: Step | None) -> RenderableType:
    """Return all that the README says of one step, and its example."""
    if step is None:
        return document(exercise.readme)
    text = f"## Step {step.number}: {step.title}\n{step.text}\n"
    if example := _EXAMPLE.search(exercise.text):
        text += f"\n{example[0].strip()}\n"
    return Group(Text(f"{exercise.number} · {exercise.title}", "bold"), markdown(text))


def markdown(text: str) -> Markdown:
    """Return a text rendered, with code in the colors that this terminal has."""
    return Markdown(text, code_theme="ansi_dark")


def _said(state: Progress) -> list[Text]:
    """Return what is to be said of a file of progress that could not be read or saved."""
    return [Text(as_typed(state.message), "yellow")] if state.message else []


def document(file: Path) -> RenderableType:
    """Return a Markdown file, rendered; a sentence if it cannot be read."""
    try:
        return markdown(file.read_text(encoding="utf-8", errors="replace"))
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
