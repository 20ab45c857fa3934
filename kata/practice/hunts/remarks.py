"""Comments and docstrings: what a file says about itself, and the file without it.

Python and templates have comments of their own; in any other file they are lines that begin with ``#``.
"""

import ast
import inspect
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

# A comment, or a text, in which the sign for one is none.
_OF_PYTHON = re.compile(
    r"""#[^\n]*|(\"{3}|'{3})(?:\\.|(?!\1).)*\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL
)
_OF_TEMPLATES = re.compile(r"\{#.*?#\}", re.DOTALL)

# Lines that look like a comment and are none: what runs a script, and what says how to read a Dockerfile.
_WORKING = re.compile(r"#!|# *(syntax|escape|check) *=")


@dataclass(frozen=True)
class Remark:
    """A comment, a docstring, or comments on lines of their own that follow each other.

    It reaches from ``column`` of the line ``first`` to the line ``last``, and ``end`` there. Code that
    would miss it has ``instead`` in its place.
    """

    text: str
    first: int
    column: int
    last: int
    end: int
    instead: str = ""
    is_docstring: bool = False


@dataclass(frozen=True)
class Source:
    """A file, known by its name, and what stands in it."""

    name: str
    text: str

    @cached_property
    def remarks(self) -> list[Remark]:
        """List the remarks in order; of Python that cannot be read, none."""
        if self.name.endswith(".py"):
            return _of_python(self.text)
        if self.name.endswith(".html"):
            found = _OF_TEMPLATES.finditer(self.text)
            return [Remark(match[0], *_span(match, self.text)) for match in found]
        return _of_lines(self.text)

    @cached_property
    def code(self) -> dict[int, str]:
        """Return the lines that are neither blank nor a remark, by their number."""
        return {number: line for number, line in self.without() if line.strip()}

    def without(self, known: Collection[str] = ()) -> list[tuple[int, str]]:
        """Return the lines but for the remarks whose text is not ``known``, each with its number.

        Blank lines at the top, and those that are now one too many, go as well. The code is the same.
        """
        lines: list[str | None] = [*self.text.splitlines()]
        for remark in reversed(self.remarks):
            if remark.text in known:
                continue
            first, last = remark.first - 1, remark.last - 1
            before, after = lines[first] or "", lines[last] or ""
            rest = f"{before[: remark.column]}{remark.instead}{after[remark.end :]}".rstrip()
            lines[first : last + 1] = [rest or None, *[None] * (last - first)]
            if not rest and last + 1 < len(lines) and remark.is_docstring:
                lines[last + 1] = lines[last + 1] or None
        return self._tidied(lines)

    def _tidied(self, lines: list[str | None]) -> list[tuple[int, str]]:
        allowed = 2 if self.name.endswith(".py") else 1
        found: list[tuple[int, str]] = []
        blank = allowed
        for number, line in enumerate(lines, 1):
            if line is None:
                continue
            blank = 0 if line.strip() else blank + 1
            if blank <= allowed or number in self._inside_texts:
                found.append((number, line))
        return found

    @cached_property
    def _inside_texts(self) -> set[int]:
        """Return the lines that begin inside a text which goes over several lines."""
        if not self.name.endswith(".py"):
            return set()
        spans = (_span(match, self.text) for match in _OF_PYTHON.finditer(self.text))
        return {number for first, _, last, _ in spans for number in range(first + 1, last + 1)}


def parsed(text: str) -> ast.Module | None:
    """Return the tree of Python code, without a word on what Python warns of; None if it cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return None


def _of_python(text: str) -> list[Remark]:
    tree = parsed(text)
    if tree is None:
        return []
    docstrings = [*_docstrings(tree)]
    lines = text.splitlines()
    found = [_of_statement(node, lines, only) for node, only in docstrings]
    comments = [
        Remark(match[0], *_span(match, text))
        for match in _OF_PYTHON.finditer(text)
        if match[0].startswith("#")
    ]
    return sorted([*found, *_blocks(comments, lines)], key=lambda each: (each.first, each.column))


def _docstrings(node: ast.AST) -> Iterator[tuple[ast.Expr, bool]]:
    """Yield each docstring, and whether it is all that there is of its class or function."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        match node.body:
            case [ast.Expr(ast.Constant(str())) as first, *others]:
                yield first, not others and not isinstance(node, ast.Module)
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        children = getattr(node, name, [])
        for child in children if isinstance(children, list) else []:
            yield from _docstrings(child)


def _of_statement(node: ast.Expr, lines: list[str], only: bool) -> Remark:
    assert isinstance(node.value, ast.Constant)
    assert isinstance(node.value.value, str)
    last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    # The tree counts bytes.
    columns = [
        len(lines[number - 1].encode()[:offset].decode())
        for number, offset in ((node.lineno, node.col_offset), (last, end))
    ]
    said = inspect.cleandoc(node.value.value)
    return Remark(said, node.lineno, columns[0], last, columns[1], "pass" if only else "", True)


def _span(match: re.Match[str], text: str) -> tuple[int, int, int, int]:
    """Return the line and the column at which a match begins, and those at which it ends."""
    before, upto = text[: match.start()], text[: match.end()]
    first, last = before.count("\n") + 1, upto.count("\n") + 1
    return first, match.start() - before.rfind("\n") - 1, last, match.end() - upto.rfind("\n") - 1


def _of_lines(text: str) -> list[Remark]:
    lines = text.splitlines()
    comments = [
        Remark(line.strip(), number, len(line) - len(line.lstrip()), number, len(line))
        for number, line in enumerate(lines, 1)
        if line.lstrip().startswith("#") and not _WORKING.match(line.lstrip())
    ]
    return list(_blocks(comments, lines))


def _blocks(comments: list[Remark], lines: list[str]) -> Iterator[Remark]:
    """Make one of comments that follow each other on lines of their own: half of it would say too little."""

    def own(remark: Remark) -> bool:
        return not lines[remark.first - 1][: remark.column].strip()

    yield from (remark for remark in comments if not own(remark))
    alone = [remark for remark in comments if own(remark)]
    for _, group in groupby(
        enumerate(alone), key=lambda pair: (pair[1].first - pair[0], pair[1].column)
    ):
        block = [remark for _, remark in group]
        text = "\n".join(remark.text for remark in block)
        first, last = block[0], block[-1]
        yield Remark(text, first.first, first.column, last.last, last.end)
