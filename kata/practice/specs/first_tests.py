"""The file in which a learner begins to write tests: what there is to write them with, and one to replace.

The fixtures are those of the shipped tests, so that they need not be invented; the tests are not there.
"""

import ast
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import kata
from kata.course.exercise import Exercise

_ENGINE = Path(kata.__file__).parent

# Where the fixtures are that every exercise may use.
_SHARED = (_ENGINE / "judge" / "fixtures.py", _ENGINE / "services" / "fixtures.py")

_HEAD = '''\
"""What {number} asks for, as tests.

The reference and every other right answer should pass them all; each wrong answer should fail in one.
The task is exercises/{tier}/{id}/README.md; to run this file: kata specify {number}
"""

# A test takes a fixture by naming it as a parameter. Beside those of pytest, such as tmp_path and
# monkeypatch, and those defined below, there are:
#
'''

_EXAMPLE = '''

def test_replace_this_one({fixture}):
    """Fail until a test stands here that says what the README asks for."""
    pytest.fail("Replace this test by one that says what the README asks for.")
'''

_Import = ast.Import | ast.ImportFrom


def begun(exercise: Exercise) -> str:
    """Return the text of the file for an exercise."""
    text = _text(exercise.test_file)
    module = _parsed(text)
    own = list(_fixtures(module))
    needed = _needed(module, own)
    imports = [ast.unparse(node) for node in needed if isinstance(node, _Import)]
    code = [node for node in needed if not isinstance(node, _Import)]
    client = any(each.name == "client" for each in own)
    return "".join(
        (
            _HEAD.format(number=exercise.number, tier=exercise.tier, id=exercise.id),
            *(_described(each) for each in _given(exercise)),
            "\n",
            *(f"{line}\n" for line in dict.fromkeys([*imports, "import pytest"])),
            *(_spaced(text, node, last) for last, node in zip([None, *code], code, strict=False)),
            _EXAMPLE.format(fixture="client" if client else "exercise"),
        )
    )


def _given(exercise: Exercise) -> Iterator[ast.FunctionDef]:
    """Yield the fixtures that are there without a definition: the shared ones in use, those of conftest.py."""
    conftest = _parsed(_text(exercise.folder / "conftest.py"))
    trees = [conftest, *(_parsed(_text(file)) for file in exercise.test_files)]
    used = {node.arg for tree in trees for node in ast.walk(tree) if isinstance(node, ast.arg)}
    shared = [each for file in _SHARED for each in _fixtures(_parsed(_text(file)))]
    for each in [*(each for each in shared if each.name in used), *_fixtures(conftest)]:
        if not each.name.startswith("_"):
            yield each


def _described(fixture: ast.FunctionDef) -> str:
    first, _, _ = (ast.get_docstring(fixture) or "").partition("\n\n")
    said = " ".join(first.split()).replace("the learner's module", "the module under test")
    lines = textwrap.wrap(f"{fixture.name}: {said}", 92, subsequent_indent="    ")
    return "".join(f"#   {line}\n" for line in lines)


def _fixtures(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and any(
            "fixture" in ast.unparse(decorator) for decorator in node.decorator_list
        ):
            yield node


def _needed(module: ast.Module, wanted: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Return, in their order, the statements of a module that define what some of them use, and these."""
    definitions = {name: node for node in module.body for name in _defined(node)}
    needed, waiting = set[ast.stmt](), list(wanted)
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            waiting += [definitions[name] for name in used if name in definitions]
    return [node for node in module.body if node in needed]


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            nodes = (node for target in targets for node in ast.walk(target))
            yield from (node.id for node in nodes if isinstance(node, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _spaced(text: str, node: ast.stmt, before: ast.stmt | None) -> str:
    """Return a statement as it stands in the text, with the blank lines that belong above it."""
    decorators = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(each.lineno for each in decorators)])
    lines = text.splitlines(keepends=True)[first - 1 : node.end_lineno]
    values = ast.Assign | ast.AnnAssign
    if isinstance(node, values):
        return ("" if isinstance(before, values) else "\n") + "".join(lines)
    return "\n\n" + "".join(lines)


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:  # Somebody has edited it.
        return ast.Module([], [])


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""
