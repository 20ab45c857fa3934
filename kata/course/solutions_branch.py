"""A git branch whose ``exercises`` hold the finished code, for ``git diff`` and for a hosting site.

It is made with git's plumbing in an index of its own: working tree, index and current branch are not
touched, and need not be clean.
"""

import tempfile
from pathlib import Path

from kata.course import git
from kata.course.git import GitError

BRANCH = "solutions"

_NAME, _ADDRESS = "Flask Katas", "solutions@localhost"
IDENTITY = {
    "GIT_AUTHOR_NAME": _NAME,
    "GIT_AUTHOR_EMAIL": _ADDRESS,
    "GIT_COMMITTER_NAME": _NAME,
    "GIT_COMMITTER_EMAIL": _ADDRESS,
}
_MESSAGE = (
    "Solve every exercise\n\nMade by `kata solutions-branch` from the solutions of its parent."
)


class BranchError(Exception):
    """The branch could not be made. The message is a sentence for the learner."""


def update(root: Path) -> str:
    """Make or update the branch from the last commit, and return the id of its commit.

    Raises:
        BranchError: there is no git, no repository or no commit, the last commit has no solutions, or
            the branch is checked out or is somebody's own.
    """
    try:
        git.require_top(root)
        return _update(root)
    except git.NoRepository as error:
        raise BranchError(
            f"{error} A branch needs one; to compare without it: kata diff EXERCISE"
        ) from None
    except GitError as error:
        raise BranchError(str(error)) from None


def _update(root: Path) -> str:
    head = git.run(root, "rev-parse", "--verify", "HEAD")
    if git.run(root, "symbolic-ref", "--quiet", "HEAD", check=False) == f"refs/heads/{BRANCH}":
        raise BranchError(
            f"The branch {BRANCH} is checked out. Switch to another first: git switch -"
        )
    tip = git.run(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{BRANCH}", check=False)
    if tip and not _is_made_here(root, tip):
        raise BranchError(
            f"The last commit of the branch {BRANCH} was not made by this command, so it stays as it is. "
            f"To keep it under another name: git branch -m {BRANCH} NAME; then: kata solutions-branch"
        )
    solved = {
        f"exercises/{path.removeprefix('solutions/')}": entry
        for path, entry in git.tree(root, head).items()
        if path.startswith("solutions/") and not path.endswith("/answer.md")
    }
    if not solved:
        raise BranchError("The last commit has no solutions/ to make a branch from.")
    date = git.run(root, "show", "--no-patch", "--format=%cI", head)
    with tempfile.TemporaryDirectory() as folder:
        own = {
            **IDENTITY,
            "GIT_INDEX_FILE": str(Path(folder) / "index"),
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        }
        git.run(root, "read-tree", head, env=own)
        entries = "".join(f"{mode} {blob}\t{path}\0" for path, (mode, blob) in solved.items())
        git.run(root, "update-index", "-z", "--index-info", env=own, text=entries)
        tree = git.run(root, "write-tree", env=own)
        commit = git.run(root, "commit-tree", tree, "-p", head, "-m", _MESSAGE, env=own)
    # Only if nobody has moved the branch meanwhile; no old value means that there was none.
    git.run(root, "update-ref", f"refs/heads/{BRANCH}", commit, tip or "0" * len(commit))
    return commit


def _is_made_here(root: Path, commit: str) -> bool:
    """Say whether a commit is one of this command's, and not one of somebody's on top of it."""
    said = git.run(root, "show", "--no-patch", "--format=%an%n%ae%n%cn%n%ce%n%B", commit)
    return said == "\n".join([_NAME, _ADDRESS, _NAME, _ADDRESS, _MESSAGE])
