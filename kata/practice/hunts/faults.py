"""Where a wrong answer is wrong: the lines by which it differs from the nearest code that is right."""

import ast
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

# What so many of the other answers have as well is a way to write it, and not the fault of this one.
_USUAL = 0.25

# A fault has seldom more lines. If it seems to, so many of the other answers are asked.
_FEW = 6
_NEAREST = 3

Place = tuple[str, int]
"""A file and the number of a line in it."""

Code = Mapping[str, Sequence[str]]
"""The lines of code of each file, without comments and blank lines."""


@dataclass(frozen=True)
class Change:
    """Lines of a wrong answer, from ``start`` to before ``end``, and the right ones in their place."""

    file: str
    start: int
    end: int
    right: tuple[str, ...]


def nearest(wrong: Code, right: Sequence[Code]) -> int:
    """Return which of the right answers a wrong one differs from least."""
    return min(range(len(right)), key=lambda number: _distance(wrong, right[number]))


def changes(wrong: Code, right: Code) -> Iterator[Change]:
    """Yield the places where a wrong answer differs from a right one."""
    for file in [*wrong, *(file for file in right if file not in wrong)]:
        mine, theirs = wrong.get(file, ()), right.get(file, ())
        if mine == theirs:
            continue
        one, other = [*map(_compared, mine)], [*map(_compared, theirs)]
        matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag != "equal":
                yield Change(file, a, b, tuple(theirs[c:d]))


class Usual:
    """Which lines many of the wrong answers to a question have: they are one way to write it."""

    def __init__(self, answers: Sequence[Code]) -> None:
        self._counted: Counter[str] = Counter()
        for code in answers:
            self._counted.update({line.strip() for lines in code.values() for line in lines})
        self._limit = max(3.0, len(answers) * _USUAL)

    def __contains__(self, line: str) -> bool:
        return self._counted[line.strip()] > self._limit


def at_fault(wrong: Code, right: Code, usual: Usual, others: Sequence[Code]) -> set[Place]:
    """Return the lines of a wrong answer that make it wrong, by their index in its code.

    Those are the lines that it has where the right one has others, and where it lacks a line those beside
    the gap. What is ``usual`` among the wrong answers is no fault of one, as long as something else is.

    An answer that is written in another way than the right one differs from it in much that is no fault.
    Then those lines count by which it also differs from the nearest of ``others``, which have other faults.
    """
    found = list(changes(wrong, right))
    lines = {place for change in found for place in _own(change, wrong, right, usual)}
    lines = lines or _touched(wrong, right)
    if len(lines) > _FEW:
        for other in sorted(others, key=lambda each: _distance(wrong, each))[:_NEAREST]:
            lines = lines & _touched(wrong, other) or lines
    return {place for place in lines if not _is_import(wrong, place)} or lines


def _is_import(code: Code, place: Place) -> bool:
    return code[place[0]][place[1]].startswith(("import ", "from "))


def _touched(wrong: Code, other: Code) -> set[Place]:
    return {place for change in changes(wrong, other) for place in _all(change, wrong)}


def _own(change: Change, wrong: Code, right: Code, usual: Usual) -> Iterator[Place]:
    mine = wrong.get(change.file, ())
    theirs = {line.strip() for line in right.get(change.file, ())}
    own = [
        number
        for number in range(change.start, change.end)
        if mine[number].strip() in theirs or mine[number] not in usual
    ]
    yield from ((change.file, number) for number in own)
    here = {line.strip() for line in mine}
    missing = [line for line in change.right if line.strip() in here or line in usual]
    if not own and len(missing) > change.end - change.start:
        yield from _all(change, wrong)


def _all(change: Change, wrong: Code) -> Iterator[Place]:
    """Yield the lines of a change, or those beside it where there are none."""
    first, last = change.start, change.end
    if first == last:
        first, last = first - 1, last + 1
    lines = len(wrong.get(change.file, ()))
    yield from ((change.file, number) for number in range(max(first, 0), min(last, lines)))


@cache
def _compared(line: str) -> str:
    """Return a line as it is compared: of a function, what it takes, and not of which types."""
    head = line.lstrip()
    if not head.startswith("def "):
        return line
    try:
        (function,) = ast.parse(f"{head} ...").body
    except SyntaxError:
        return line
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return line[: -len(head)] + ast.unparse(function).partition("\n")[0]


def _distance(wrong: Code, right: Code) -> int:
    return sum(change.end - change.start + len(change.right) for change in changes(wrong, right))
