"""A git branch whose ``exercises`` hold the finished code, for ``git diff`` and for a hosting site.

It is made with git's plumbing in an index of its own: working tree, index and current branch are not
touched, and need not be clean.
"""

import os
import subprocess
import tempfile
from pathlib import Path

BRANCH = "solutions"


class BranchError(Exception):
    """The branch could not be made. The message is a sentence for the learner."""


def update(root: Path) -> str:
    """Make or update the branch from the last commit, and return the id of its commit.

    Raises:
        BranchError: there is no git, no repository or no commit, or the branch is checked out.
    """
    head = _git(root, "rev-parse", "--verify", "HEAD")
    if _git(root, "symbolic-ref", "--quiet", "HEAD", check=False) == f"refs/heads/{BRANCH}":
        raise BranchError(
            f"The branch {BRANCH} is checked out. Switch to another first: git switch -"
        )
    date = _git(root, "show", "--no-patch", "--format=%cI", head)
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "GIT_INDEX_FILE": str(Path(folder) / "index"),
            "GIT_AUTHOR_NAME": "Flask Katas",
            "GIT_AUTHOR_EMAIL": "solutions@localhost",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": "Flask Katas",
            "GIT_COMMITTER_EMAIL": "solutions@localhost",
            "GIT_COMMITTER_DATE": date,
        }
        _git(root, "read-tree", head, env=own)
        entries = _git(root, "ls-tree", "-r", "-z", head, "--", "solutions/")
        moved = []
        for entry in filter(None, entries.split("\0")):
            description, _, path = entry.partition("\t")
            mode, _, blob = description.split()
            if not path.endswith("/answer.md"):
                moved.append(f"{mode} {blob}\texercises/{path.removeprefix('solutions/')}")
        _git(
            root,
            "update-index",
            "-z",
            "--index-info",
            env=own,
            text="".join(f"{m}\0" for m in moved),
        )
        tree = _git(root, "write-tree", env=own)
        message = "Solve every exercise\n\nMade by `kata solutions-branch` from the solutions of its parent."
        commit = _git(root, "commit-tree", tree, "-p", head, "-m", message, env=own)
    _git(root, "update-ref", f"refs/heads/{BRANCH}", commit)
    return commit


def _git(
    root: Path,
    *arguments: str,
    env: dict[str, str] | None = None,
    text: str = "",
    check: bool = True,
) -> str:
    try:
        run = subprocess.run(
            ["git", *arguments],
            cwd=root,
            env={**os.environ, **(env or {})},
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # Names of files are bytes, and go back as they came.
        )
    except FileNotFoundError:
        raise BranchError("git is not installed, and a branch needs it.") from None
    if check and run.returncode:
        said = (run.stderr.strip() or "no reason given").splitlines()[-1]
        raise BranchError(f"git {arguments[0]} failed: {said}")
    return run.stdout.strip() if "-z" not in arguments else run.stdout
