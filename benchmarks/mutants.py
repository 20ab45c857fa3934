"""Measure how much of the references the tests hold: change one thing at a time, and see if a test fails.

A mutant is a reference with one small change: another comparison, a number one off, a statement or an
argument left out … Each is judged by all tests of its exercise:

    .venv/bin/python benchmarks/mutants.py [--limit 60] [--exercises e01 m03]

Survivors are shown with file and line. Each is either as right as the reference, or a sentence
of the README that no test holds. Documentation, annotations and log texts are not changed, nor what
the stub gives.
"""

import argparse
import ast
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata.course import catalog  # noqa: E402
from kata.course.exercise import Exercise  # noqa: E402
from kata.judge import parallel  # noqa: E402
from kata.judge.batch import Candidate  # noqa: E402

_PAIRS = (
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.And, ast.Or),
    (ast.Add, ast.Sub),
    (ast.Mult, ast.FloorDiv),
    (ast.BitOr, ast.BitAnd),
)
_OTHER = {one: other for a, b in _PAIRS for one, other in ((a, b), (b, a))}

_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}

# Statements that may be left out: without another assignment, what follows would only lack a name.
_OPTIONAL = (ast.Expr, ast.AugAssign, ast.Raise, ast.Return, ast.Delete, ast.For, ast.With, ast.Try)


@dataclass(frozen=True)
class Mutant:
    """A file of a reference in which one thing is changed."""

    file: Path
    source: bytes
    line: int
    before: str

    @property
    def after(self) -> str:
        return self.source.decode().splitlines()[self.line - 1].strip()


def mutants(file: Path) -> Iterator[Mutant]:
    """Make every mutant of a file that is still Python."""
    source = file.read_bytes()
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    original = ast.parse(source)
    for node, text in changes(original):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        changed = source[:begin] + text.encode() + source[end:]
        try:
            tree = ast.parse(changed)
        except SyntaxError:
            continue
        if ast.dump(tree) != ast.dump(original):
            yield Mutant(file, changed, node.lineno, lines[node.lineno - 1].decode().strip())


def changes(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield parts of the tree below a node, each with a text that could stand in its place."""
    if isinstance(node, ast.expr):
        yield from ((node, text) for text in other_expressions(node))
    elif isinstance(node, ast.stmt | ast.ExceptHandler):
        yield from other_statements(node)
    elif isinstance(node, ast.comprehension):
        yield from ((test, word) for test in node.ifs for word in ("True", "False"))
    if isinstance(node, ast.JoinedStr) and sys.version_info >= (3, 12):
        yield from pieces(node)  # Before 3.12, a piece has no position of its own.
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "format_spec"} or is_log_text(node, name):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_text(node, child):
                yield from changes(child)


def is_text(parent: ast.AST, child: ast.AST) -> bool:
    """Say whether a node is a docstring, or a piece of an f-string, whose form is not that of a string."""
    return isinstance(parent, ast.Expr | ast.JoinedStr) and isinstance(child, ast.Constant)


def is_log_text(node: ast.AST, name: str) -> bool:
    """Say whether a field holds what a call writes to a log."""
    func = node.func if isinstance(node, ast.Call) and name == "args" else None
    is_log_method = isinstance(func, ast.Attribute) and func.attr in _LOG_METHODS
    return is_log_method and "log" in ast.unparse(func.value).lower()


def pieces(node: ast.JoinedStr) -> Iterator[tuple[ast.AST, str]]:
    """Lengthen each fixed piece of an f-string."""
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            spot = copy(piece)
            spot.lineno, spot.col_offset = piece.end_lineno, piece.end_col_offset
            yield spot, "X"


def other_expressions(node: ast.expr) -> Iterator[str]:
    """Yield what could stand in place of an expression."""
    match node:
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() as value):
            yield from (str(value + 1), str(value - 1))
        case ast.Constant(value=float() as value):
            yield from (str(value + 1), str(value / 2))
        case ast.Constant(value=None):
            yield "False"
        case ast.Constant(value=str() | bytes() as value):
            yield repr(value + ("X" if isinstance(value, str) else b"X"))
        case ast.Compare(ops=ops):
            for number, op in enumerate(ops):
                if other := _OTHER.get(type(op)):
                    yield with_(node, ops=[*ops[:number], other(), *ops[number + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield with_(node, op=_OTHER[type(op)]())
            for number in range(len(values)):
                yield with_(node, values=[*values[:number], *values[number + 1 :]])
        case ast.BinOp(op=op) if type(op) in _OTHER:
            yield with_(node, op=_OTHER[type(op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.IfExp(body=body, orelse=orelse):
            yield from (f"({ast.unparse(body)})", f"({ast.unparse(orelse)})")
        case ast.Slice():
            yield from (with_(node, **{name: None}) for name in ("lower", "upper"))
        case ast.Call(func=func, args=args, keywords=keywords):
            for number in range(0 if is_log_text(node, "args") else len(args)):
                yield with_(node, args=[*args[:number], *args[number + 1 :]])
            for number in range(len(keywords)):
                yield with_(node, keywords=[*keywords[:number], *keywords[number + 1 :]])
            if isinstance(func, ast.Attribute) and not keywords and not args:
                yield f"{ast.unparse(func.value)}"
            elif len(args) == 1 and not keywords:
                yield f"({ast.unparse(args[0])})"


def other_statements(node: ast.stmt | ast.ExceptHandler) -> Iterator[tuple[ast.AST, str]]:
    """Yield parts of a statement, each with what could stand in its place."""
    match node:
        case ast.If(test=test):
            yield from ((test, "True"), (test, "False"), (test, f"not ({ast.unparse(test)})"))
        case ast.While(test=test):
            yield test, "False"
        case ast.Return(value=ast.expr() as value):
            yield value, "None"
        case ast.ExceptHandler(type=ast.expr() as kind):
            yield from ((kind, "Exception"), (kind, "()"))
            if isinstance(kind, ast.Tuple):
                yield from ((kind, ast.unparse(each)) for each in kind.elts)
        case ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators):
            for each in decorators:
                yield each, "(lambda it: it)"
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_member = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)
    if (isinstance(node, _OPTIONAL) and not is_docstring) or is_member:
        yield node, "pass"


def with_(node: ast.expr, **fields: object) -> str:
    """Return the text of an expression some of whose fields are others, fit to stand anywhere."""
    other = copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    text = ast.unparse(other)
    return text if isinstance(node, ast.Slice | ast.Call) else f"({text})"


def not_given(exercise: Exercise) -> Iterator[Mutant]:
    """Make every mutant of a reference, except in lines that stand in the stub as they are."""
    reference = exercise.within(ROOT / "solutions")
    for file in sorted(reference.rglob("*.py")):
        stub = exercise.folder / file.relative_to(reference)
        before = stub.read_text().splitlines() if stub.exists() else []
        matcher = SequenceMatcher(None, before, file.read_text().splitlines(), autojunk=False)
        blocks = matcher.get_matching_blocks()
        given = {b + n + 1 for _, b, length in blocks for n in range(length)}
        yield from (mutant for mutant in mutants(file) if mutant.line not in given)


def spread(found: list[Mutant], limit: int) -> list[Mutant]:
    """Choose so many, the same every time, from everywhere in the files."""
    count = min(limit, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def candidates(chosen: list[Mutant], exercise: Exercise, place: Path) -> Iterator[Candidate]:
    """Write each mutant to a folder of its own, to be laid over the reference."""
    for number, mutant in enumerate(chosen):
        answer = place / str(number)
        file = answer / mutant.file.relative_to(exercise.within(ROOT / "solutions"))
        file.parent.mkdir(parents=True)
        file.write_bytes(mutant.source)
        yield Candidate(ROOT / "solutions", answer, until_failure=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--exercises", nargs="+", default=[], metavar="EXERCISE")
    parser.add_argument("--limit", type=int, default=60, help="how many mutants of an exercise")
    parser.add_argument("--processes", type=int, default=2 * (os.cpu_count() or 1))
    options = parser.parse_args()
    known = catalog.find_all(ROOT / "exercises")
    started, killed, total = time.monotonic(), 0, 0
    for exercise in [catalog.find(word, known) for word in options.exercises] or known:
        chosen = spread(list(not_given(exercise)), options.limit)
        with tempfile.TemporaryDirectory() as place:
            work = [*candidates(chosen, exercise, Path(place)), Candidate(ROOT / "solutions")]
            verdicts = parallel.judge({exercise: work}, processes=options.processes)[exercise]
        unchanged = verdicts.pop()
        if not unchanged.passed or not all(verdict.outcomes for verdict in verdicts):
            sys.exit(f"{exercise.number}: the reference fails, or tests did not run.")
        survivors = [mutant for mutant, each in zip(chosen, verdicts, strict=True) if each.passed]
        killed += len(chosen) - len(survivors)
        total += len(chosen)
        print(f"{exercise.number} {len(chosen) - len(survivors)}/{len(chosen)}", flush=True)
        for each in survivors:
            print(f"  {each.file.relative_to(ROOT)}:{each.line}")
            print(f"    - {each.before}\n    + {each.after}", flush=True)
    print(f"{killed} of {total} killed in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
