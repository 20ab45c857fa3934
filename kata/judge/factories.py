"""Look at the functions of a learner that make an application: one returns nothing, or always the same.

What a function returns stands in its source: in its own lines, and not in those of a function within it.
"""

import ast
import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from flask import Flask

from kata.judge import frames
from kata.judge.loader import LearnerModule
from kata.judge.reading import Place

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True)
class Indented:
    """A ``return`` that stands in a function within the one that it belongs to."""

    source: str
    function: str
    place: Place


def that_returned_none(error: AttributeError) -> str | None:
    """Return the name of the learner's function whose None a test asked for an attribute.

    That is so where the test wrote `exercise.create_app().name`, or `app.name` after
    `app = exercise.create_app()`.
    """
    traceback = frames.innermost(error)
    if traceback is None:
        return None
    code = traceback.tb_frame.f_code
    first, last, start, end = list(code.co_positions())[traceback.tb_lasti // 2]
    if first is None or start is None or first != last:
        return None
    line = linecache.getline(code.co_filename, first).encode()[start:end].decode()
    asked = line.rpartition(".")[0]
    assignment = re.compile(rf"\s*{re.escape(asked)} = (.+)")
    before = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 : first]
    assigned = [match[1] for line in before if (match := assignment.match(line))]
    try:
        match ast.parse(assigned[-1] if assigned else asked, mode="eval").body:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="exercise"), attr=name)):
                return name
    except SyntaxError:  # A call that goes on in the next line.
        pass
    return None


def indented_return(function: Place) -> Indented | None:
    """Find the ``return`` of a function that was indented into one within it.

    It returns a variable of the outer function, which has no ``return`` with a value of its own.
    """
    file, line = function
    outer = next((f for f in _functions(file) if line in (f.lineno, *_decorated(f))), None)
    if outer is None or any(node.value for node in _own(outer, ast.Return)):
        return None
    variables = {node.id for node in _own(outer, ast.Name) if isinstance(node.ctx, ast.Store)}
    for inner in [node for node in ast.walk(outer) if isinstance(node, _Function)]:
        for node in _own(inner, ast.Return) if inner is not outer else ():
            if isinstance(node.value, ast.Name) and node.value.id in variables:
                return Indented(ast.unparse(node), inner.name, (file, node.lineno))
    return None


def shared_application(module: ModuleType | None) -> tuple[str, Place] | None:
    """Say that a function of the module returns the same application at every call, and where that is made.

    That tells only where a test has asked for the function more than once.
    """
    if not isinstance(module, LearnerModule):
        return None
    made = {name for name, value in vars(module).items() if isinstance(value, Flask)}
    file = Path(str(module.__file__))
    for function in _functions(file) if made else ():
        if module.__asked__[function.name] < 2 or any(_own(function, ast.Global)):
            continue
        own = {node.id for node in _own(function, ast.Name) if isinstance(node.ctx, ast.Store)}
        for node in _own(function, ast.Return):
            if isinstance(node.value, ast.Name) and (name := node.value.id) in made - own:
                sentence = (
                    f"`{function.name}` returns the `{name}` that was made once, when the module was "
                    f"imported: every call gets the same one. Make it inside `{function.name}`."
                )
                return sentence, (file, _line_that_makes(name, file))
    return None


def _line_that_makes(name: str, file: Path) -> int:
    for node in _tree(file).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.lineno
    return 1


def _functions(file: Path) -> list[_Function]:
    return [node for node in _tree(file).body if isinstance(node, _Function)]


def _tree(file: Path) -> ast.Module:
    linecache.checkcache(str(file))
    return ast.parse("".join(linecache.getlines(str(file))))


def _decorated(function: _Function) -> list[int]:
    return [decorator.lineno for decorator in function.decorator_list]


def _own(function: _Function, kind: type[_Node]) -> Iterator[_Node]:
    """Yield the nodes of a kind in a function, without those in functions and classes within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, kind):
            yield node
        if not isinstance(node, _Function | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
