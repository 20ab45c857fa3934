"""The lines of a pull request beside those of the stub, and beside right ones at the place that is wrong."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kata.practice.hunts.requests import Case, File

# A correction is shown with so many lines around it.
_AROUND = 2


@dataclass(frozen=True)
class Row:
    """A line: what happens to it (``+``, ``-`` or a blank), and its number in the pull request if it is there."""

    sign: str
    number: int | None
    text: str


def of_request(file: File) -> list[Row]:
    """Return a file whole, with what the colleague removed from the stub and added to it."""
    matcher = difflib.SequenceMatcher(None, file.before, file.lines, autojunk=False)
    lines = _lines(file.before, file.lines, matcher.get_opcodes())
    return [Row(sign, new, text) for sign, _, new, text in lines]


def of_correction(case: Case) -> dict[str, list[Row]]:
    """Return what is wrong in each file and the nearest right code in its place: ``-`` is the request's."""
    found = {}
    for file in case.files:
        wrong = {number for name, number in case.at_fault if name == file.name}
        rows: list[Row] = []
        better = case.better.get(file.name, ())
        for group in _groups(file.lines, better):
            numbers = {old for _, old, _, _ in group if old is not None}
            if wrong & numbers:
                rows += [Row(sign, old, text) for sign, old, _, text in group]
        if rows:
            found[file.name] = rows
    return found


_Line = tuple[str, int | None, int | None, str]


def _groups(one: Sequence[str], other: Sequence[str]) -> Iterator[list[_Line]]:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for opcodes in matcher.get_grouped_opcodes(_AROUND):
        yield list(_lines(one, other, opcodes))


def _lines(
    one: Sequence[str], other: Sequence[str], opcodes: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[_Line]:
    """Yield each line with its sign and its numbers in the one text and in the other."""
    for tag, a, b, c, d in opcodes:
        if tag == "equal":
            yield from ((" ", a + i + 1, c + i + 1, one[a + i]) for i in range(b - a))
        else:
            yield from (("-", number + 1, None, one[number]) for number in range(a, b))
            yield from (("+", None, number + 1, other[number]) for number in range(c, d))
