"""The branch `solutions` is made beside the learner's work, which is not touched."""

import os
import subprocess
from pathlib import Path

import pytest

from kata.course import solutions_branch
from kata.course.solutions_branch import BranchError

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

    with pytest.raises(BranchError, match="git rev-parse failed"):
        solutions_branch.update(project.root)


def test_without_git_a_sentence_says_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BranchError, match="git is not installed"):
        solutions_branch.update(repository)
