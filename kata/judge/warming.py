"""Import what the next runs will need, while nobody waits."""

import ast
import contextlib
import encodings.idna  # noqa: F401  A request to "localhost" needs it, and imports it late.
import importlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from kata.course import catalog
from kata.course.exercise import Exercise


def warm_up(root: Path, current: str, arguments: list[str], run: bool) -> set[str]:
    """Import all that the exercises of the tier of ``current`` import, and return their ids.

    With ``run``, pytest runs once on an exercise, too: then what it imports late is there as well.
    """
    tree = root / "exercises"
    exercises = catalog.find_all(tree)
    tier = next((exercise.tier for exercise in exercises if exercise.id == current), None)
    alike = [exercise for exercise in exercises if exercise.tier == tier]
    with tempfile.TemporaryFile("w+") as nowhere, contextlib.redirect_stdout(nowhere):
        import_for(alike, root)
        if run and alike:
            os.chdir(root)
            # With --against, nothing is recorded, and the learner's own tree is run all the same.
            plain = [argument for argument in arguments if argument != "--focus"]
            aside = ["-p", "no:cacheprovider", "--against", str(tree), "-x"]
            pytest.main([*plain, *aside, str(alike[0].test_file)])
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(tree):
            del sys.modules[name]  # A changed test file is to be read again.
    return {exercise.id for exercise in alike}


def import_for(exercises: Iterable[Exercise], root: Path) -> None:
    """Import what the solutions and the tests of some exercises import, as far as it can be imported."""
    for name in sorted({name for exercise in exercises for name in _imports(exercise, root)}):
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _imports(exercise: Exercise, root: Path) -> Iterator[str]:
    """Yield the modules that the solution and the tests of an exercise import.

    The learner's own file is not asked: whatever it imports is its own business.
    """
    folder = exercise.within(root / "solutions")
    own = {path.stem for path in folder.glob("*.py")}
    for file in [*exercise.test_files, *folder.glob("*.py")]:
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            yield from (name for name in names if name.partition(".")[0] not in own)
