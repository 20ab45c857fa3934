"""The branch `solutions` is made beside the learner's work, which is not touched."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from kata.course import solutions_branch
from kata.course.solutions_branch import BranchError

ROOT = Path(__file__).parents[2]

IDENTITY = {
    **os.environ,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(root: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=root, env=IDENTITY, capture_output=True, text=True, check=True
    )
    return run.stdout


@pytest.fixture
def repository(project) -> Path:
    """Return the small project as a git repository with one commit, and changes since."""
    root = project.root
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Start")
    project.stub(1).write_text("half done")
    project.stub(2).write_text("staged")
    git(root, "add", str(project.stub(2)))
    (root / "notes.txt").write_text("untracked")
    return root


def test_the_exercises_of_the_branch_are_the_solutions(repository):
    solutions_branch.update(repository)

    stub = git(repository, "show", "solutions:exercises/easy/e01_sample1/sample1.py")
    assert stub == git(repository, "show", "main:solutions/easy/e01_sample1/sample1.py")
    changed = git(repository, "diff", "--name-only", "main", "solutions", "--").split()
    assert changed == [f"exercises/easy/e0{n}_sample{n}/sample{n}.py" for n in (1, 2, 3)]


def test_working_tree_index_and_branch_are_untouched(repository):
    before = git(repository, "status", "--porcelain=v2", "--branch")

    solutions_branch.update(repository)

    assert git(repository, "status", "--porcelain=v2", "--branch") == before
    assert (repository / "exercises/easy/e01_sample1/sample1.py").read_text() == "half done"


def test_the_branch_follows_the_last_commit(repository):
    solutions_branch.update(repository)
    git(repository, "commit", "-q", "-a", "-m", "Next")

    commit = solutions_branch.update(repository)

    assert git(repository, "rev-parse", "solutions").strip() == commit
    assert git(repository, "rev-parse", "solutions^") == git(repository, "rev-parse", "main")


def test_the_same_commit_gives_the_same_branch(repository):
    assert solutions_branch.update(repository) == solutions_branch.update(repository)


def test_a_branch_that_is_checked_out_is_refused(repository):
    git(repository, "stash", "-q", "--include-untracked")
    git(repository, "switch", "-q", "-c", "solutions")

    with pytest.raises(BranchError, match="The branch solutions is checked out"):
        solutions_branch.update(repository)


def test_without_a_repository_a_sentence_says_so(project, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))

    with pytest.raises(
        BranchError, match=r"no git repository\. A branch needs one; .*: kata diff EXERCISE"
    ):
        solutions_branch.update(project.root)


def test_without_git_a_sentence_says_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BranchError, match=r"git is not installed\. .*: kata diff EXERCISE"):
        solutions_branch.update(repository)


def test_in_a_part_of_a_larger_repository_no_branch_is_made(project):
    git(project.root.parent, "init", "-q")

    with pytest.raises(BranchError, match="a part of a larger git repository"):
        solutions_branch.update(project.root)


def test_without_solutions_there_is_no_branch(repository):
    git(repository, "rm", "-r", "-q", "solutions")
    git(repository, "commit", "-q", "-m", "For a class")

    with pytest.raises(BranchError, match="no solutions/"):
        solutions_branch.update(repository)


def somebody_s_branch(repository: Path) -> None:
    git(repository, "branch", "solutions")


def a_commit_on_top(repository: Path) -> None:
    tip = solutions_branch.update(repository)
    tree = f"{tip}^{{tree}}"
    commit = git(repository, "commit-tree", tree, "-p", tip, "-m", "Mine").strip()
    git(repository, "branch", "--force", "solutions", commit)


def the_message_changed(repository: Path) -> None:
    tip = solutions_branch.update(repository)
    commit = git(repository, "commit-tree", f"{tip}^{{tree}}", "-p", f"{tip}^", "-m", "Mine")
    git(repository, "branch", "--force", "solutions", commit.strip())


@pytest.mark.parametrize("make", [somebody_s_branch, a_commit_on_top, the_message_changed])
def test_a_branch_that_somebody_else_made_is_left_alone(repository, make):
    make(repository)
    before = git(repository, "rev-parse", "solutions")

    with pytest.raises(BranchError, match="was not made by this command, so it stays as it is"):
        solutions_branch.update(repository)

    assert git(repository, "rev-parse", "solutions") == before


@pytest.fixture
def checkout(clone, tmp_path) -> Path:
    """Return a fresh checkout of a hosted repository, as a workflow has one."""
    git(clone, "init", "-q", "-b", "main")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "Start")
    git(tmp_path, "clone", "-q", "--bare", str(clone), "hosted.git")
    git(tmp_path, "clone", "-q", str(tmp_path / "hosted.git"), "checkout")
    return tmp_path / "checkout"


def publish(checkout: Path, tmp_path: Path) -> int:
    """Do what the workflow does; return the exit code."""
    text = (ROOT / ".github/workflows/solutions.yml").read_text()
    script = textwrap.dedent(text.partition("      - run: |\n")[2])
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin/python3").unlink(missing_ok=True)
    (tmp_path / "bin/python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "bin/python3").chmod(0o755)
    env = IDENTITY | {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
    }
    return subprocess.run(["bash", "-e", "-c", script], cwd=checkout, env=env).returncode


def test_the_workflow_publishes_the_branch_and_follows_it(checkout, tmp_path):
    hosted = tmp_path / "hosted.git"
    assert publish(checkout, tmp_path) == 0
    first = git(hosted, "rev-parse", "solutions")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "Next")
    git(checkout, "branch", "-D", "-q", "solutions")

    assert publish(checkout, tmp_path) == 0

    assert git(hosted, "rev-parse", "solutions") != first
    assert git(hosted, "rev-parse", "solutions^") == git(checkout, "rev-parse", "main")


def test_the_workflow_leaves_somebody_else_s_branch_alone(checkout, tmp_path):
    hosted = tmp_path / "hosted.git"
    git(hosted, "branch", "solutions", "main")

    assert publish(checkout, tmp_path) != 0

    assert git(hosted, "rev-parse", "solutions") == git(hosted, "rev-parse", "main")
