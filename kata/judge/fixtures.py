"""The fixtures that every exercise has: the learner's module, and a record of what was exchanged with it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kata.course import command
from kata.judge import beside, loader, reading, transcript
from kata.judge.ownership import exercise_of, folder_of
from kata.judge.transcript import TRANSCRIPT


@pytest.fixture
def exercise(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """Return the learner's module, executed afresh for this test."""
    owner = exercise_of(request.node)
    if owner is None:
        raise pytest.UsageError("The fixture `exercise` is for tests below exercises/<tier>/<id>.")
    file = folder_of(request.node) / owner.stub.name
    if file == owner.stub and not file.exists():
        other = beside.renamed(file)
        sentence = f"To have the stub back: {command.name()} reset {owner.number}"
        raise reading.LearnerError(
            " ".join(filter(None, ["The file is missing.", other, sentence])), file
        )
    with loader.loaded(file, closed=_closed(request.config)) as module:
        yield module


@pytest.fixture
def another_worker(
    request: pytest.FixtureRequest, exercise: ModuleType
) -> Iterator[Callable[[], ModuleType]]:
    """Return a function that executes the learner's module once more, as another process would.

    What it returns shares no variable with ``exercise`` nor with each other, and hashes texts otherwise.
    """
    file, closed = Path(str(exercise.__file__)), _closed(request.config)
    names = {"hash": _other_hash}
    with contextlib.ExitStack() as workers:
        yield lambda: workers.enter_context(loader.loaded(file, closed=closed, names=names))


@pytest.fixture(autouse=True)
def _transcript(request: pytest.FixtureRequest) -> Iterator[None]:
    if exercise_of(request.node) is None:
        yield
        return
    with transcript.recorded() as request.node.stash[TRANSCRIPT]:
        yield


def _closed(config: pytest.Config) -> tuple[Path, ...]:
    """Return the folders that hold solutions."""
    return config.rootpath / "solutions", config.rootpath / "tests" / "answers"


def _other_hash(value: object) -> int:
    """Hash as a process with another seed would: numbers as always, anything else otherwise."""
    return hash(value if isinstance(value, int | float) else (value, "another process"))
