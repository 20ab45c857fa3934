"""Collect the tests of an exercise from the files that are known to hold them.

pytest looks at every entry of a folder to find test files. Beside a stub there may be anything, and
40,000 files of it: nothing there but the exercise's own test files is looked at.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from kata.course import catalog


class ExerciseFolder(pytest.Directory):
    """The folder of an exercise, of which only the test files are collected."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        exercise = catalog.owner(self.path, self.config.rootpath / "exercises")
        assert exercise is not None, f"{self.path} is no folder of an exercise"
        hooks = self.ihook
        for file in exercise.test_files:
            if not self.session.isinitpath(file) and hooks.pytest_ignore_collect(
                collection_path=file, config=self.config
            ):
                continue
            yield from hooks.pytest_collect_file(file_path=file, parent=self)


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the folder of an exercise for one; any other is collected as pytest does it."""
    exercise = catalog.owner(path, parent.config.rootpath / "exercises")
    if exercise is None or exercise.folder != path:
        return None
    folder: ExerciseFolder = ExerciseFolder.from_parent(parent, path=path)
    return folder
