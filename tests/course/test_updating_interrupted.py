"""An update that is killed at any of its file operations loses nothing, and is completed by the next."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kata.course import updating, workspace

STUBS = [f"exercises/easy/e0{n}_sample{n}/sample{n}.py" for n in (1, 2, 3)]
TEST = "exercises/easy/e02_sample2/test_sample2.py"


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, check=True)


def pack(root: Path) -> None:
    (root / "kata/course/shipped.zip").write_bytes(workspace.pack(root))


@pytest.fixture
def roots(tmp_path, make_project, monkeypatch) -> tuple[Path, Path]:
    """Return a project with own work in it, and the newer version of it."""
    # A death of the process is no failure of the power: what was written is there.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    theirs = make_project(3).root
    shutil.rmtree(theirs / "solutions")
    (theirs / "kata/course").mkdir(parents=True)
    for name in ("kata/__main__.py", "kata/old.py", "README.md"):
        (theirs / name).write_text("shipped")
    (theirs / "pyproject.toml").write_text('[project]\nversion = "1.0"\n')
    pack(theirs)
    git(theirs, "init", "-q", "-b", "main")
    git(theirs, "add", "--all")
    git(theirs, "commit", "-q", "-m", "First")
    git(tmp_path, "clone", "-q", str(theirs), "mine")
    mine = tmp_path / "mine"
    (mine / STUBS[0]).write_text("my stub")
    (mine / TEST).write_text("my test")
    for path in (STUBS[0], STUBS[1], TEST):
        (theirs / path).write_text("newer")
    (theirs / "kata/old.py").unlink()
    pack(theirs)
    git(theirs, "add", "--all")
    git(theirs, "commit", "-q", "-m", "Newer")
    return mine, theirs


@pytest.mark.parametrize("way", ["git", "zip"])
def test_a_killed_update_loses_nothing_and_is_completed_by_the_next(roots, kills, tmp_path, way):
    mine, theirs = roots
    file = tmp_path / "newer.zip"
    git(theirs, "archive", "--output", str(file), "HEAD")
    if way == "zip":
        shutil.rmtree(mine / ".git")
    source = file if way == "zip" else None
    shutil.copytree(mine, kept := tmp_path / "kept")
    points = 0

    # With git each attempt takes its time: what matters beyond a zip is the order of its commands.
    for _ in kills(
        lambda: updating.update(mine, source),
        ["subprocess.Popen", "os.rename"] if way == "git" else [],
    ):
        points += 1
        assert (mine / STUBS[0]).read_text() == "my stub"
        assert "my test" in texts(mine, TEST)
        updating.update(mine, source)
        assert (mine / STUBS[0]).read_text() == "my stub"
        assert (mine / STUBS[1]).read_text() == (mine / TEST).read_text() == "newer"
        assert not (mine / "kata/old.py").exists()
        assert "my test" in texts(mine, TEST)
        assert leftovers(mine) == []
        shutil.rmtree(mine)
        shutil.copytree(kept, mine)

    assert points > (20 if way == "git" else 30)


def test_a_full_disk_loses_nothing_and_leaves_the_rest_to_the_next_update(
    roots, failures, tmp_path
):
    mine, theirs = roots
    file = tmp_path / "newer.zip"
    git(theirs, "archive", "--output", str(file), "HEAD")
    shutil.rmtree(mine / ".git")
    shutil.copytree(mine, kept := tmp_path / "kept")
    points = 0

    def update() -> bool:
        try:
            updating.update(mine, file)
        except updating.Stopped:
            return False
        return True

    for _ in failures(update, errno.ENOSPC):
        points += 1
        assert (mine / STUBS[0]).read_text() == "my stub"
        assert "my test" in texts(mine, TEST)
        assert update()
        assert (mine / STUBS[1]).read_text() == (mine / TEST).read_text() == "newer"
        assert leftovers(mine) == []
        shutil.rmtree(mine)
        shutil.copytree(kept, mine)

    assert points > 20


def texts(root: Path, path: str) -> list[str]:
    """Return what is in the place of a file, and in its complete backups."""
    backups = [folder / path for folder in (root / ".kata/updates").glob("[0-9]*")]
    return [file.read_text() for file in (root / path, *backups) if file.exists()]


def leftovers(root: Path) -> list[str]:
    return [
        path.name
        for path in root.rglob("*")
        if path.name.endswith(".tmp") or "unfinished-" in path.name or path.name == "update"
    ]
