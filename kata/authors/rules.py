"""What can be read off an exercise without running it: its files, headings, names and counts.

Each check returns the sentences that say what is wrong; none means that the rule holds.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeGuard

from kata.course.exercise import Exercise

README_LINES = 60
CORE_LINES = 30
CORE_WORDS = {"easy": 300, "medium": 400, "hard": 500}
TEST_LINES = 250
WRONG_ANSWERS = {"easy": 5, "medium": 6, "hard": 7}
RIGHT_ANSWERS = {"easy": 1, "medium": 2, "hard": 2}

_HINT_STEP = re.compile(r"^## Step (\d+)\s*$", re.MULTILINE)
_WORD = re.compile(r"[\w.-]*\w")
_ANSWER_PARTS = (
    "## In the interview",
    "## Why the reference looks as it does",
    "## Another way",
    "## The interviewer goes on",
    "**Documentation**",
)


def files(exercise: Exercise, solutions: Path, answers: Path) -> Iterator[str]:
    """Check that everything an exercise consists of is there, and that there are enough answers."""
    solution = exercise.within(solutions)
    for path in (
        exercise.stub,
        exercise.readme,
        exercise.hints,
        solution / exercise.stub.name,
        solution / "answer.md",
    ):
        if not path.is_file():
            yield f"{path.name} is missing in {path.parent.name}."
    for kind, least in (("wrong", WRONG_ANSWERS), ("right", RIGHT_ANSWERS)):
        found = len(list((answers / exercise.id).glob(f"{kind}_*")))
        if found < least.get(exercise.tier, 1):
            article = "an" if exercise.tier[0] in "aeiou" else "a"
            needed = least.get(exercise.tier, 1)
            yield f"{found} {kind} answers; {article} {exercise.tier} exercise has at least {needed}."


def readme(exercise: Exercise) -> Iterator[str]:
    """Check the README's length and parts, and its steps against the test classes and the hints."""
    text = exercise.readme.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > README_LINES:
        yield f"README.md has {len(lines)} lines; at most {README_LINES}."
    if not lines[0].startswith(f"# {exercise.number} · ") or not lines[0].endswith("?"):
        yield f"README.md should start with “# {exercise.number} · ” and the question."
    for part in (
        "**Use case.**",
        "**Edit** `",
        "**Run** `kata`, `ptw`, or ",
        "**About** ",
        f"`pytest exercises/{exercise.tier}/{exercise.id}`",
        "**Out of scope**",
    ):
        if part not in text:
            yield f"README.md lacks “{part}”."
    yield from _core_size(exercise, text)
    if any(earlier.further and not later.further for earlier, later in pairwise(exercise.steps)):
        yield "README.md has a step of the core below a further one."
    for step in exercise.further:
        if step.minutes is None:
            yield f"README.md, step {step.number}: the first line should be “**About** N minutes”."
    if [step.number for step in exercise.steps] != list(range(1, len(exercise.steps) + 1)):
        yield "The steps of README.md are not numbered from 1."
    expected = [f"TestStep{step.number}{_camel(step.title)}" for step in exercise.steps]
    actual = list(dict.fromkeys(name.partition("::")[0] for name in exercise.tests))
    if actual != expected:
        yield f"The test classes are {actual}; the README's steps ask for {expected}."


def _core_size(exercise: Exercise, text: str) -> Iterator[str]:
    """Check that what has to be read for the core is short: all that stands above what goes further."""
    core = text.partition("\n# Going further")[0]
    lines = len(core.splitlines())
    if lines > CORE_LINES:
        yield f"The core of README.md has {lines} lines; at most {CORE_LINES}."
    words, most = len(core.split()), CORE_WORDS.get(exercise.tier, max(CORE_WORDS.values()))
    if words > most:
        yield f"The core of README.md has {words} words; in this tier at most {most}."


def hints(exercise: Exercise) -> Iterator[str]:
    """Check that each step has three hints."""
    steps = [
        int(number) for number in _HINT_STEP.findall(exercise.hints.read_text(encoding="utf-8"))
    ]
    if steps != [step.number for step in exercise.steps]:
        yield f"hints.md has steps {steps}; README.md has {[s.number for s in exercise.steps]}."
    for step in exercise.steps:
        if (count := len(exercise.hints_of(step.number))) != 3:
            yield f"hints.md, step {step.number}: {count} hints instead of three."


def answer(exercise: Exercise, solutions: Path) -> Iterator[str]:
    """Check that the model answer has all its parts, in order."""
    text = (exercise.within(solutions) / "answer.md").read_text(encoding="utf-8")
    places = [text.find(part) for part in _ANSWER_PARTS]
    for part, place in zip(_ANSWER_PARTS, places, strict=True):
        if place < 0:
            yield f"answer.md lacks “{part}”."
    if places != sorted(places):
        yield f"The parts of answer.md should come in this order: {', '.join(_ANSWER_PARTS)}."


def stub(exercise: Exercise) -> Iterator[str]:
    """Check that each hole of the stub is a TODO with a NotImplementedError that says what to do."""
    text = exercise.stub.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield f"{exercise.stub.name} lacks a module docstring."
    for node in ast.walk(tree):
        if isinstance(node, ast.Pass):
            yield f"{exercise.stub.name}, line {node.lineno}: `pass` looks finished; raise NotImplementedError."
        if (
            isinstance(node, ast.Raise)
            and "NotImplementedError" in ast.dump(node)
            and not _says_what(node)
        ):
            yield f"{exercise.stub.name}, line {node.lineno}: NotImplementedError should say what to do."
    if "# TODO" not in text:
        yield f"{exercise.stub.name} has no TODO."


def signatures(exercise: Exercise, solutions: Path) -> Iterator[str]:
    """Check that stub and solution have the same public functions, classes, methods and parameters."""
    ours = dict(_public(exercise.stub))
    theirs = dict(_public(exercise.within(solutions) / exercise.stub.name))
    for name in sorted(ours.keys() | theirs.keys()):
        before, after = ours.get(name, "missing"), theirs.get(name, "missing")
        if before != after:
            yield f"`{name}` is {before} in the stub and {after} in the solution."


def tests(exercise: Exercise) -> Iterator[str]:
    """Check the test files: their length, unique names, and that a learner was told what they ask for."""
    for file in exercise.test_files:
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > TEST_LINES:
            yield f"{file.name} has {count} lines; at most {TEST_LINES}."
    names = [name.partition("::")[2] for name in exercise.tests]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is the name of two tests."
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
            yield f"{node.name} asserts nothing."
    told = _digitless(
        exercise.readme.read_text(encoding="utf-8") + exercise.stub.read_text(encoding="utf-8")
    )
    for name in sorted(_asked_for(tree)):
        if _digitless(name) not in told:
            yield f"`{name}` is asked for, and neither README nor stub names it."
    for status in sorted(
        {status for node in _comparisons(tree) for status in _statuses(node)} - {200}
    ):
        if str(status) not in exercise.readme.read_text(encoding="utf-8") + exercise.stub.read_text(
            encoding="utf-8"
        ):
            yield f"The status {status} is asked for, and neither README nor stub names it."


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


def _camel(title: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"['’]", "", title))
    return "".join(word[:1].upper() + word[1:] for word in words)


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
