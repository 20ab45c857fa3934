"""Ask git, and say in a sentence what it says when it fails."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path


class GitError(Exception):
    """git could not do it. The message is a sentence for the learner."""


class NoRepository(GitError):
    """There is no git, or the folder is not the top of a repository."""


def run(
    root: Path,
    *arguments: str,
    env: dict[str, str] | None = None,
    text: str = "",
    check: bool = True,
) -> str:
    """Return what git prints, stripped unless it is separated by NUL.

    Raises:
        NoRepository: git is not installed.
        GitError: git fails, and ``check`` is set.
    """
    # Names of files are bytes, and go back as they came.
    data = raw(root, *arguments, env=env, data=os.fsencode(text), check=check)
    output = os.fsdecode(data)
    return output if "-z" in arguments else output.strip()


def raw(
    root: Path,
    *arguments: str,
    env: dict[str, str] | None = None,
    data: bytes = b"",
    check: bool = True,
) -> bytes:
    """Return the bytes that git prints; else as `run`."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=root,
            env={**os.environ, "LC_ALL": "C", **(env or {})},  # What it says is read here, too.
            input=data,
            capture_output=True,
        )
    except FileNotFoundError:
        raise NoRepository("git is not installed.") from None
    if check and done.returncode:
        said = (done.stderr.decode(errors="replace").strip() or "no reason given").splitlines()[-1]
        raise GitError(f"git {arguments[0]} failed: {said}")
    return done.stdout


def require_top(root: Path) -> None:
    """Make sure that a folder is the top of a repository, and not a part of somebody's larger one.

    Raises:
        NoRepository: it is not.
    """
    try:
        said = run(root, "rev-parse", "--is-inside-work-tree", "--show-prefix")
    except GitError as error:
        if "not a git repository" not in str(error):
            raise
        raise NoRepository("This folder is no git repository.") from None
    if said != "true":
        raise NoRepository("This folder is a part of a larger git repository.")


def tree(root: Path, commit: str) -> dict[str, tuple[str, str]]:
    """Return the mode and the blob of each file of a commit, by its path."""
    entries = {}
    for line in filter(None, run(root, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")):
        description, _, path = line.partition("\t")
        mode, kind, blob = description.split()
        if kind == "blob":
            entries[path] = (mode, blob)
    return entries


def blobs(root: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of blobs, by their ids."""
    wanted = sorted(set(ids))
    output = raw(root, "cat-file", "--batch", data="".join(f"{i}\n" for i in wanted).encode())
    contents, at = {}, 0
    for blob in wanted:
        start = output.index(b"\n", at) + 1
        at = start + int(output[at:start].split()[2]) + 1
        contents[blob] = output[start : at - 1]
    return contents
