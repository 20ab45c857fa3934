"""What can be read off the code of an exercise without running it: its stub, solution and tests.

Each check returns the sentences that say what is wrong; none means that the rule holds.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from kata.authors.text_rules import named
from kata.course.exercise import Exercise

TEST_LINES = 250

_WORD = re.compile(r"[\w.-]*\w")


def stub(exercise: Exercise) -> Iterator[str]:
    """Check that each hole of the stub is a TODO with a NotImplementedError that says what to do."""
    text = exercise.stub.read_text(encoding="utf-8")
    tree = ast.parse(text)
    name = named(exercise, exercise.stub)
    if not ast.get_docstring(tree):
        yield f"{name} lacks a module docstring."
    for node in ast.walk(tree):
        if isinstance(node, ast.Pass):
            yield f"{name}, line {node.lineno}: `pass` looks finished; raise NotImplementedError."
        if (
            isinstance(node, ast.Raise)
            and "NotImplementedError" in ast.dump(node)
            and not _says_what(node)
        ):
            yield f"{name}, line {node.lineno}: NotImplementedError should say what to do."
    if "# TODO" not in text:
        yield f"{name} has no TODO."


def signatures(exercise: Exercise, solutions: Path) -> Iterator[str]:
    """Check that stub and solution have the same public functions, classes, methods and parameters."""
    ours = dict(_public(exercise.stub))
    theirs = dict(_public(exercise.within(solutions) / exercise.stub.name))
    for name in sorted(ours.keys() | theirs.keys()):
        before, after = ours.get(name, "missing"), theirs.get(name, "missing")
        if before != after:
            yield f"{named(exercise, exercise.stub)}: `{name}` is {before} here and {after} in the solution."


def tests(exercise: Exercise) -> Iterator[str]:
    """Check the test files: their length, unique names, and that a learner was told what they ask for."""
    for file in exercise.test_files:
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > TEST_LINES:
            yield f"{named(exercise, file)} has {count} lines; at most {TEST_LINES}."
    place = named(exercise, exercise.test_file)
    names = [name.partition("::")[2] for name in exercise.tests]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{place}: {name} is the name of two tests."
    tree = ast.Module(
        body=[
            node
            for file in exercise.test_files
            for node in ast.parse(file.read_text(encoding="utf-8")).body
        ],
        type_ignores=[],
    )
    for node in ast.walk(tree):
        if _is_test(node) and not _asserts(node):
            yield f"{place}: {node.name} asserts nothing."
    told = _digitless(
        exercise.readme.read_text(encoding="utf-8") + exercise.stub.read_text(encoding="utf-8")
    )
    for name in sorted(_asked_for(tree)):
        if _digitless(name) not in told:
            yield f"{place}: `{name}` is asked for, and neither README nor stub names it."
    for status in sorted(
        {status for node in _comparisons(tree) for status in _statuses(node)} - {200}
    ):
        if str(status) not in exercise.readme.read_text(encoding="utf-8") + exercise.stub.read_text(
            encoding="utf-8"
        ):
            yield f"{place}: the status {status} is asked for, and neither README nor stub names it."


def _asked_for(tree: ast.Module) -> set[str]:
    """Return the names and words that the tests ask the learner's code for.

    A word that a test also uses elsewhere went in before it came out, and is no secret.
    """
    names = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and _is_name(node.value, "exercise")
        and node.attr[:2] != "__"
    }
    compared = Counter(
        text for node in _comparisons(tree) for text in _texts(node, arguments=False)
    )
    everywhere = Counter(_texts(tree, arguments=True))
    elsewhere = " ".join(text for text, count in everywhere.items() if count > compared[text])
    words = {word for text in compared if text not in elsewhere for word in _WORD.findall(text)}
    return names | {word for word in words if word not in elsewhere}


def _comparisons(tree: ast.Module) -> list[ast.Compare]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]


def _digitless(text: str) -> str:
    """Return a text in which one number stands for another: `/drafts/1` tells of `/drafts/2`."""
    return re.sub(r"\d+", "0", text)


def _says_what(node: ast.Raise) -> bool:
    return isinstance(node.exc, ast.Call) and len(node.exc.args) == 1


def _public(file: Path) -> Iterator[tuple[str, str]]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
            "_"
        ):
            yield node.name, f"({ast.unparse(node.args)})"
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, f"class({', '.join(ast.unparse(base) for base in node.bases)})"
            for item in node.body:
                if isinstance(
                    item, ast.FunctionDef | ast.AsyncFunctionDef
                ) and not item.name.startswith("_"):
                    yield f"{node.name}.{item.name}", f"({ast.unparse(item.args)})"


def _asserts(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr in ("raises", "fail"))
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id.startswith("assert_")
        )
        for node in ast.walk(function)
    )


def _is_test(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _texts(tree: ast.AST, *, arguments: bool) -> Iterator[str]:
    """Yield the texts in a tree, with or without what is handed to a call."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(tree, ast.Call) and node is not tree.func and not arguments:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        yield from _texts(node, arguments=arguments)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _statuses(node: ast.Compare) -> Iterator[int]:
    """Yield the HTTP statuses that something named status is compared with."""
    if "status" not in ast.unparse(node.left):
        return
    for constant in ast.walk(node):
        if (
            isinstance(constant, ast.Constant)
            and type(constant.value) is int
            and 100 <= constant.value < 600
        ):
            yield constant.value
