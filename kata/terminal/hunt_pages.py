"""What a bug hunt shows: the pull request, the causes, the failure, the verdict and the right code."""

from collections.abc import Iterable
from pathlib import Path

from rich.cells import cell_len, chop_cells
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kata.course.command import as_typed
from kata.judge import wording
from kata.judge.outcome import Failure
from kata.practice.hunts import differences, hunting
from kata.practice.hunts.differences import Row
from kata.practice.hunts.hunting import Judgement
from kata.practice.hunts.proof import Proof
from kata.practice.hunts.requests import Case

_STYLES = {"+": "green", "-": "red", " ": ""}
_MARGIN = 7

# Of a correction, no more lines are shown than fit a screen beside the rest.
_ROWS = 16


def request(case: Case, width: int) -> RenderableType:
    """Return the pull request: each file whole, with the numbers by which its lines are named."""
    exercise = case.exercise
    parts = [
        Text(f"A colleague's pull request for {exercise.number}", "bold"),
        Text(exercise.title),
        Text("Would you merge it? Its tests run when you have answered.", "dim"),
    ]
    for letter, file in zip(letters(case), case.files, strict=True):
        parts += [Text(""), Text(f"{letter}  {file.name}".strip(), "bold")]
        parts += _rows(differences.of_request(file), letter, width)
    return Group(*parts, Text(""))


def causes(found: Iterable[str]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for number, cause in enumerate(found, 1):
        table.add_row(str(number), Text(cause))
    return Group(Text(""), Text("What is wrong there?", "bold"), table)


def failure(found: Failure, width: int) -> RenderableType:
    """Return a failure in the words of the focused screen, short enough to leave room for the rest."""
    said = [(found.sentence, 4, "")] if found.sentence else []
    if not said:
        said = [(f"{label:<8} {value}", 3, "") for label, value in wording.values(found)]
    if found.file and found.source:
        place = Path(found.file).name + (f":{found.line}" if found.line else "")
        said.append((f"{place}  {found.source}", 1, "cyan"))
    if found.exchange:
        said.append((found.exchange, 2, "magenta"))
    return Group(
        Text(f"✗ {wording.sentence(found.test)}", "bold red"),
        *(
            Padding(_cut(text, width - 4, lines, style), (0, 2), expand=False)
            for text, lines, style in said
        ),
    )


def proof(case: Case, found: Proof, width: int) -> RenderableType:
    """Return what the tests of a case say."""
    if found.failure:
        return failure(found.failure, width)
    if not found.ran:
        return Group(Text("The tests could not run:"), Text(found.output.strip()[-500:]))
    return Text(f"✓ All {found.ran} tests pass." if case.right else "✓ Its tests pass.", "green")


def verdict(case: Case, judgement: Judgement, *, said_nothing: bool) -> Text:
    """Return how the learner did, and where the fault is if that was not said."""
    where = "" if case.right else _at_fault(case)
    said = hunting.said(case, judgement, where, said_nothing=said_nothing)
    return Text(said, "bold green" if judgement.found else "bold yellow")


def correction(case: Case, width: int) -> RenderableType:
    """Return what is wrong in words, and the right code at that place."""
    whose = "The reference" if case.is_reference else "A right answer"
    parts = [Text(case.about), Text(""), Text(f"{whose} at that place:", "bold")]
    for name, rows in differences.of_correction(case).items():
        parts += [Text(name, "bold")] if len(case.files) > 1 else []
        if len(rows) <= _ROWS:
            parts += _rows(rows, "", width)
        else:  # What differs for other reasons would hide what matters.
            wrong = [row for row in rows if (name, row.number) in case.at_fault][:_ROWS]
            place = case.exercise.within(Path("solutions")) / name
            parts += [*_rows(wrong, "", width), Text(f"It is written in another way: {place}")]
    return Group(*parts)


def going_on(case: Case) -> Text:
    number = case.exercise.number
    said = (
        f"One more       kata hunt {number}\n"
        "Of any other   kata hunt\n"
        f"Your own code  kata diff {number}"
    )
    return Text(f"\n{as_typed(said)}", "dim")


def letters(case: Case) -> list[str]:
    """Return what stands before the line numbers of each file: where there is one file, nothing."""
    return [*"abcdefghijklmnop"[: len(case.files)]] if len(case.files) > 1 else [""]


def _rows(rows: Iterable[Row], letter: str, width: int) -> list[Text]:
    """Return lines with their numbers; what is too long goes on below, and never under the numbers."""
    found = []
    for row in rows:
        number = f"{letter}{row.number}" if row.number else ""
        for place, part in enumerate(_broken(row.text, width - _MARGIN)):
            margin = f"{number:>4} {row.sign} " if not place else " " * _MARGIN
            text = Text(no_wrap=True, overflow="ignore").append(margin, "dim")
            text.append(part, _STYLES[row.sign])
            text.rstrip()
            found.append(text)
    return found


def _broken(text: str, width: int) -> list[str]:
    """Return a line in parts that are not too wide, broken after a blank if one is in the last third."""
    parts = []
    while cell_len(text) > width:
        part = chop_cells(text, width)[0]
        blank = part.rfind(" ") + 1
        part = part[:blank] if blank > len(part) * 2 // 3 else part
        parts.append(part)
        text = text[len(part) :]
    return [*parts, text]


def _cut(text: str, width: int, limit: int, style: str) -> Text:
    """Return a text of at most so many lines."""
    parts = _broken(text.replace("\n", " "), width)
    if len(parts) > limit:
        parts = [*parts[: limit - 1], f"{parts[limit - 1][: width - 1]}…"]
    return Text("\n".join(parts), style)


def _at_fault(case: Case) -> str:
    """Return the lines at fault in words: ``line 12``, or ``lines 12 to 20``."""
    letter = dict(zip((file.name for file in case.files), letters(case), strict=True))
    places = sorted(place for place in case.at_fault if place[0] in letter)
    start, end = (f"{letter[name]}{number}" for name, number in (places[0], places[-1]))
    return f"line {start}" if start == end else f"lines {start} to {end}"
