"""Collect the tests that were shipped, and nothing else from the learner's folders.

What is collected runs in pytest's own process. So a ``conftest.py``, an ``__init__.py`` or a test file
that somebody has put beside a stub is left alone, and in place of a shipped file that was edited its
shipped version runs. An exercise that was never shipped is an author's: its files count as they are.
"""

import ast
import inspect
import linecache
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import _pytest.config
import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook, rewrite_asserts

from kata.course import catalog, workspace
from kata.course.exercise import Exercise
from kata.judge.edited import EDITED, said_of_edited

# What packages for Unix import, and Windows does not have.
_OF_POSIX = ("fcntl", "grp", "pwd", "resource", "termios")

# Plugins that other packages bring may change how the exercises run. These do not.
HARMLESS = {
    "xdist", "xdist.looponfail", "random_order", "randomly", "pytest_cov", "sugar", "html",
    "metadata", "instafail", "pretty", "rich", "reportlog", "json_report",
}  # fmt: skip


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Stand in the two doors of pytest through which other code comes in: it has no hooks for them."""
    manager: Any = pluginmanager
    manager._importconftest = partial(_import_conftest, manager, manager._importconftest)
    load = partial(_load_plugins, manager, manager.load_setuptools_entrypoints)
    manager.load_setuptools_entrypoints = load


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out whatever is below ``exercises`` and is no exercise, or none of its tests."""
    tree = config.rootpath / "exercises"
    if collection_path == tree or not collection_path.is_relative_to(tree):
        return None
    if collection_path.is_symlink() and collection_path.is_dir():
        return True
    exercise = catalog.owner(collection_path, tree)
    if exercise is None:
        return None if collection_path.is_dir() and collection_path.parent == tree else True
    return None if collection_path in (exercise.folder, *exercise.test_files) else True


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a folder below ``exercises`` for what it is, and never for a package."""
    tree = parent.config.rootpath / "exercises"
    if not path.is_relative_to(tree):
        return None
    exercise = catalog.owner(path, tree)
    kind = ExerciseFolder if exercise is not None and exercise.folder == path else pytest.Dir
    made: pytest.Collector = kind.from_parent(parent, path=path)
    return made


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Refuse a file that was named and is none of an exercise's tests."""
    config = session.config
    if config.getoption("in_process"):
        return
    for argument in config.args:
        file = config.invocation_params.dir / argument.partition("::")[0]
        if _is_not_shipped(file, config.rootpath / "exercises"):
            name = file.relative_to(config.rootpath)
            raise pytest.UsageError(
                f"{name} is not one of the exercises' tests. To run those: pytest {name.parent}. "
                "To run this file in pytest's own process: --in-process"
            )


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> "ShippedModule | None":
    exercise = catalog.owner(module_path, parent.config.rootpath / "exercises")
    if exercise is None or module_path not in exercise.test_files:
        return None
    made: ShippedModule = ShippedModule.from_parent(parent, path=module_path)
    return made


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for sentence in said_of_edited(config):
        terminalreporter.write_line(sentence, yellow=True)


class ExerciseFolder(pytest.Directory):
    """The folder of an exercise: whatever lies in it, only the test files are looked at."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        exercise = catalog.owner(self.path, self.config.rootpath / "exercises")
        assert exercise is not None, f"{self.path} is no folder of an exercise"
        hooks = self.ihook
        # A file of another name is here only if it was named and may run in this process.
        named = {path for path in self.session._initialpaths if path.is_file()}
        others = sorted(path for path in named if path.parent == self.path)
        for file in dict.fromkeys([*exercise.test_files, *others]):
            if self.session.isinitpath(file) or not hooks.pytest_ignore_collect(
                collection_path=file, config=self.config
            ):
                yield from hooks.pytest_collect_file(file_path=file, parent=self)


class ShippedModule(pytest.Module):
    """A module of tests, as it was shipped."""

    def _getobj(self) -> ModuleType:
        try:
            return _load(self.path, self.config)
        except ModuleNotFoundError as error:
            if error.name not in _OF_POSIX:
                raise
            name = self.path.parent.name.partition("_")[0]
            pytest.skip(
                f"{name} needs what Unix alone has (the module {error.name}): it cannot be done on this system.",
                allow_module_level=True,
            )
        except Exception as error:
            raise self.CollectError(
                f"{self.path.relative_to(self.config.rootpath)} cannot be imported: "
                f"{type(error).__name__}: {error}"
            ) from error


def _is_not_shipped(file: Path, tree: Path) -> bool:
    exercise = catalog.owner(file, tree)
    known = exercise.test_files if exercise is not None else []
    return file.is_file() and file.is_relative_to(tree) and file not in known


def _load_plugins(
    manager: pytest.PytestPluginManager,
    original: Callable[..., int],
    group: str,
    name: str | None = None,
) -> int:
    """Load the plugins of other packages as pytest does, without those that might interfere."""
    for point in entry_points(group=group) if name is None else ():
        if point.name not in HARMLESS and not manager.hasplugin(point.name):
            manager.set_blocked(point.name)
    return original(group, name=name)


def _import_conftest(
    manager: Any,
    original: Callable[..., ModuleType],
    path: Path,
    importmode: Any,
    rootpath: Path,
    **options: Any,
) -> ModuleType:
    """Import a ``conftest.py`` as pytest does; below ``exercises`` a shipped one, or none."""
    tree = rootpath / "exercises"
    if not path.is_relative_to(tree) or manager.hasplugin(str(path)):
        return original(path, importmode, rootpath, **options)
    exercise = catalog.owner(path, tree)
    if exercise is None or not _was_shipped(exercise, path):
        return ModuleType("conftest")
    config = manager.getplugin("pytestconfig")
    with patch.object(_pytest.config, "import_path", lambda *_, **__: _load(path, config)):
        return original(path, importmode, rootpath, **options)


def _was_shipped(exercise: Exercise, path: Path) -> bool:
    shipped = workspace.shipped(exercise)
    return not shipped or path.name in shipped


def _load(path: Path, config: pytest.Config) -> ModuleType:
    """Execute a file of tests, or its shipped version if it differs, with pytest's assertions."""
    exercise = catalog.owner(path, config.rootpath / "exercises")
    assert exercise is not None, path
    source = workspace.shipped(exercise).get(path.name)
    name = ".".join(path.relative_to(config.rootpath).with_suffix("").parts)
    hook = config.pluginmanager.rewrite_hook
    spec = spec_from_file_location(
        name, path, loader=hook if isinstance(hook, AssertionRewritingHook) else None
    )
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    inspect.modulesbyfile[str(path)] = name  # As in `kata.judge.loader`: it is quicker.
    as_it_is = config.known_args_namespace.as_edited  # This may be before pytest is configured.
    if as_it_is or source is None or workspace.is_as_shipped(path, source):
        spec.loader.exec_module(module)
        return module
    config.stash.setdefault(EDITED, {})[path] = source
    text = source.decode()
    # A traceback shows the lines that ran; without a time, nothing looks into the file for them.
    linecache.cache[str(path)] = (len(text), None, text.splitlines(keepends=True), str(path))
    tree = ast.parse(source, str(path))
    rewrite_asserts(tree, source, str(path), config)
    exec(compile(tree, str(path), "exec", dont_inherit=True), vars(module))
    return module
