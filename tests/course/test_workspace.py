"""Reset and undo: the learner's work is never lost, also when the process is killed."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kata.course import workspace
from kata.course.workspace import NothingToDo

ROOT = Path(__file__).parents[2]


@pytest.fixture
def exercise(project, monkeypatch):
    """Return the first exercise of a project that was shipped as it is, with the stub then edited."""
    archive = project.root / "shipped.zip"
    monkeypatch.setattr(workspace, "ARCHIVE", archive)
    archive.write_bytes(workspace.pack(project.root))
    exercise = project.exercises[0]
    exercise.stub.write_text("my work")
    return exercise


@pytest.fixture
def root(project) -> Path:
    return project.root


def test_reset_brings_the_stub_back_and_stores_the_learners_version(exercise, root):
    change = workspace.reset(exercise, root)

    assert exercise.stub.read_bytes() == workspace.shipped(exercise)[exercise.stub.name]
    assert change.files == (exercise.stub,)
    assert (change.backup / exercise.stub.name).read_text() == "my work"
    assert change.backup.is_relative_to(root / ".kata" / "backups")


def test_undo_restores_what_a_reset_replaced(exercise, root):
    workspace.reset(exercise, root)

    workspace.undo(exercise, root)

    assert exercise.stub.read_text() == "my work"


def test_a_second_undo_takes_the_first_back(exercise, root):
    workspace.reset(exercise, root)
    workspace.undo(exercise, root)

    workspace.undo(exercise, root)

    assert exercise.stub.read_bytes() == workspace.shipped(exercise)[exercise.stub.name]


def test_undo_stores_what_was_written_after_the_reset(exercise, root):
    workspace.reset(exercise, root)
    exercise.stub.write_text("later work")

    change = workspace.undo(exercise, root)

    assert (change.backup / exercise.stub.name).read_text() == "later work"


def test_a_stub_that_was_not_changed_is_not_reset(exercise, root):
    workspace.reset(exercise, root)

    with pytest.raises(NothingToDo, match="e01 is as it was shipped"):
        workspace.reset(exercise, root)
    assert len(workspace.backups_of(exercise, root)) == 1


def test_undo_without_a_reset_says_so(exercise, root):
    with pytest.raises(NothingToDo, match="nothing was reset"):
        workspace.undo(exercise, root)


def test_a_deleted_stub_comes_back(exercise, root):
    exercise.stub.unlink()

    workspace.reset(exercise, root)

    assert "NotImplementedError" in exercise.stub.read_text()


def test_the_learners_own_files_stay_and_are_stored_too(exercise, root):
    own = exercise.folder / "helpers.py"
    own.write_text("mine")

    change = workspace.reset(exercise, root)

    assert own.read_text() == "mine"
    assert (change.backup / "helpers.py").read_text() == "mine"


def test_tests_and_texts_are_left_alone_and_their_changes_noticed(exercise, root):
    exercise.test_file.write_text("edited")

    workspace.reset(exercise, root)

    assert exercise.test_file.read_text() == "edited"
    assert workspace.changed_tests(exercise) == [exercise.test_file.name]


def test_the_archive_of_the_same_tree_has_the_same_bytes(project):
    assert workspace.pack(project.root) == workspace.pack(project.root)


def test_the_mode_of_a_file_is_kept(exercise, root):
    exercise.stub.chmod(0o600)

    workspace.reset(exercise, root)

    assert exercise.stub.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_to_costs_nothing(exercise, root):
    (root / ".kata").write_text("in the way")

    with pytest.raises(OSError, match=r"\.kata"):
        workspace.reset(exercise, root)
    assert exercise.stub.read_text() == "my work"


KILLED = """\
import os, random, signal, sys
from pathlib import Path
from kata.course import catalog, workspace

root, point = Path(sys.argv[1]), int(sys.argv[2])
workspace.ARCHIVE = root / "shipped.zip"
exercise = catalog.find_all(root / "exercises")[0]
calls = 0


def count(frame, event, argument):
    global calls
    calls += 1
    if calls == point:
        os.kill(os.getpid(), signal.SIGKILL)
    return count


sys.settrace(count)
getattr(workspace, sys.argv[3])(exercise, root)
sys.settrace(None)
print(calls)
"""


def run_until(root: Path, point: int, what: str) -> subprocess.CompletedProcess[str]:
    """Run a reset or an undo, and kill it at its n-th step of the interpreter."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(root), str(point), what],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("what", ["reset", "undo"])
def test_killed_at_any_moment_it_leaves_one_of_the_two_versions_whole(exercise, root, what):
    shipped = workspace.shipped(exercise)[exercise.stub.name]
    if what == "undo":
        workspace.reset(exercise, root)
    untouched = root.with_name("untouched")
    shutil.copytree(root, untouched)
    steps = int(run_until(root, 0, what).stdout)
    chance = random.Random(5)

    for point in sorted(chance.sample(range(1, steps), 50)):
        shutil.rmtree(root)
        shutil.copytree(untouched, root)
        run = run_until(root, point, what)

        assert run.returncode == -signal.SIGKILL
        assert exercise.stub.read_bytes() in (b"my work", shipped)
        kept = [path.read_bytes() for path in root.glob(".kata/backups/*/[0-9]*/*.py")]
        assert b"my work" in [exercise.stub.read_bytes(), *kept]
