"""The learner's files are compared with what was shipped, whatever the ends of their lines."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from kata.course import catalog, workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def exercise(project, monkeypatch):
    """Return the first exercise of a project that was shipped as it is."""
    archive = project.root / "shipped.zip"
    monkeypatch.setattr(workspace, "ARCHIVE", archive)
    archive.write_bytes(workspace.pack(project.root))
    return project.exercises[0]


def test_what_was_shipped_is_known_by_its_name_in_the_folder(exercise):
    files = workspace.shipped(exercise)

    assert sorted(files) == ["README.md", "hints.md", "sample1.py", "test_sample1.py"]
    assert files["sample1.py"] == exercise.stub.read_bytes()


def test_an_edited_test_is_noticed(exercise):
    assert workspace.changed_tests(exercise) == []

    exercise.test_file.write_text("edited")
    exercise.hints.unlink()

    assert workspace.changed_tests(exercise) == ["hints.md", "test_sample1.py"]
    assert not workspace.changed_by_the_learner(exercise)


def test_an_edited_stub_is_noticed(exercise):
    assert not workspace.changed_by_the_learner(exercise)

    exercise.stub.write_text("edited")

    assert workspace.changed_by_the_learner(exercise)
    assert workspace.changed_tests(exercise) == []


def test_other_ends_of_lines_are_no_change(exercise):
    for file in (exercise.stub, exercise.test_file, exercise.readme, exercise.hints):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert workspace.changed_tests(exercise) == []
    assert not workspace.changed_by_the_learner(exercise)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"a\nb\n", b"a\r\nb\r\n", True),
        (b"a\r\nb\n", b"a\nb\r\n", True),
        (b"a\nb", b"a\nb\n", False),
        (b"a b", b"a\nb", False),
        (b"a\rb", b"a\nb", False),
        (b"", b"", True),
    ],
)
def test_texts_are_the_same_but_for_the_ends_of_their_lines(one, other, same):
    assert workspace.same_text(one, other) is same


def test_what_is_no_file_counts_as_changed_and_is_not_waited_for(exercise):
    exercise.readme.unlink()
    os.mkfifo(exercise.readme)
    exercise.hints.unlink()
    exercise.hints.symlink_to("/dev/zero")

    assert workspace.changed_tests(exercise) == ["README.md", "hints.md"]


def test_the_archive_of_the_same_tree_has_the_same_bytes(project):
    assert workspace.pack(project.root) == workspace.pack(project.root)


def test_a_damaged_archive_is_said(exercise):
    workspace.ARCHIVE.write_bytes(b"PK" + bytes(100))

    with pytest.raises(OSError, match=r"git restore kata/course/shipped\.zip"):
        workspace.shipped(exercise)


def git(folder: Path, *arguments: str) -> str:
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    run = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=env, capture_output=True, check=True
    )
    return run.stdout.decode()


@pytest.mark.parametrize("attributes", [True, False], ids=["with attributes", "without"])
def test_a_clone_with_the_line_ends_of_windows_is_as_it_was_shipped(
    project, exercise, tmp_path, attributes
):
    git(project.root, "init", "-q")
    if attributes:
        shutil.copy(ROOT / ".gitattributes", project.root)
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "Start")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(project.root), str(clone))

    [found] = [e for e in catalog.find_all(clone / "exercises") if e.id == exercise.id]

    assert (b"\r\n" in found.stub.read_bytes()) is not attributes
    assert zipfile.is_zipfile(clone / "shipped.zip")
    assert workspace.changed_tests(found) == []
    assert not workspace.changed_by_the_learner(found)
    assert git(clone, "status", "--porcelain") == ""
