"""A newer version in git: fetch it, and merge it beside the learner's work, which git does not touch.

Everything is made with git's plumbing. The branch moves when all files are in their places: see
`kata.course.carrying`.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kata.course import git, solutions_branch
from kata.course.git import GitError
from kata.course.incoming import Change, is_own

_NOTHING = ("0", "0" * 40)
_UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}


class Unreachable(GitError):
    """The newer version cannot be fetched now. The message is a sentence for the learner."""


@dataclass(frozen=True)
class Merged:
    """A version to move to: its commit, what it changes, and the entries of the index.

    ``staged`` has what is in the index alone, by its path: contents that no file and no commit holds.
    """

    source: str
    head: str
    target: str
    changes: list[Change]
    index: str
    staged: dict[str, bytes]


def newest(root: Path) -> Merged | None:
    """Fetch the newest version and merge it; None if there is none that is newer.

    Raises:
        NoRepository: there is no git, or the folder is no repository.
        Unreachable: what there is to fetch from does not answer.
        GitError: there is nothing to fetch from, a merge is under way, or git fails.
    """
    git.require_top(root)
    _refuse_unfinished(root)
    head = git.run(root, "rev-parse", "--verify", "HEAD")
    remote, source = _source(root)
    try:
        git.run(root, "fetch", "--quiet", remote)
    except GitError as error:
        raise Unreachable(f"{error}. Nothing was changed. To try again: kata update") from None
    newer = _commit(root, source) or _commit(root, source := f"{remote}/main")
    if newer is None:
        raise GitError(f"{remote} has no branch {source.partition('/')[2]} to update from.")
    base = git.run(root, "merge-base", head, newer, check=False)
    if base == newer:
        return None
    if not base:
        raise GitError(
            f"This branch and {source} have no commit in common. To update from a zip: kata update FILE.zip"
        )
    trees = [git.tree(root, commit) for commit in (base, head, newer)]
    return _merge(root, source, head, newer, trees)


def merge_texts(root: Path, mine: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """Merge two versions of a text line by line; None if they contradict each other."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, text in (("mine", mine), ("base", base), ("theirs", theirs)):
            files.append(str(Path(folder) / name))
            Path(files[-1]).write_bytes(text)
        try:
            return git.raw(root, "merge-file", "--stdout", "--quiet", *files)
        except GitError:
            return None


def _merge(
    root: Path, source: str, head: str, newer: str, trees: list[dict[str, tuple[str, str]]]
) -> Merged:
    base, ours, theirs = trees
    paths = sorted(p for p in base.keys() | theirs.keys() if base.get(p) != theirs.get(p))
    contents = git.blobs(root, [tree[p][1] for p in paths for tree in trees if p in tree])

    def content(entry: tuple[str, str] | None) -> bytes | None:
        return contents[entry[1]] if entry else None

    changes, entries = [], {}
    for path in paths:
        was, mine, new = base.get(path), ours.get(path), theirs.get(path)
        shipped, result = was, new
        if mine not in (was, new):
            if is_own(path) and mine is not None:
                result = mine
            elif (both := _both(root, path, content(mine), content(was), content(new))) is not None:
                blob = git.raw(root, "hash-object", "-w", "--stdin", data=both).decode().strip()
                contents[blob] = both
                shipped, result = mine, ((new or _NOTHING)[0], blob)
        # A stub is kept or replaced by what the learner's file holds, whatever was committed.
        now = new if is_own(path) else result
        executable = now is not None and now[0] == "100755"
        changes.append(Change(path, content(shipped), content(now), executable))
        if result != mine:
            entries[path] = result or _NOTHING
    index = "".join(f"{mode} {blob}\t{path}\0" for path, (mode, blob) in entries.items())
    is_behind = git.run(root, "merge-base", head, newer) == head
    target = newer if is_behind else _commit_of(root, head, newer, index, source)
    staged = dict(_staged(root, ours, entries))
    return Merged(source, head, target, changes, index, staged)


def _both(
    root: Path, path: str, mine: bytes | None, base: bytes | None, theirs: bytes | None
) -> bytes | None:
    if path.startswith("exercises/") or mine is None or base is None or theirs is None:
        return None
    return merge_texts(root, mine, base, theirs)


def _commit_of(root: Path, head: str, newer: str, index: str, source: str) -> str:
    """Make the commit that merges the newer version into the learner's branch."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.run(root, "read-tree", head, env=own)
        git.run(root, "update-index", "-z", "--index-info", env=own, text=index)
        tree = git.run(root, "write-tree", env=own)
    known = git.run(root, "var", "GIT_COMMITTER_IDENT", check=False)
    identity = {} if known else solutions_branch.IDENTITY
    message = f"Update to {source}\n\nMade by `kata update`."
    return git.run(root, "commit-tree", tree, "-p", head, "-p", newer, "-m", message, env=identity)


def _staged(
    root: Path, ours: dict[str, tuple[str, str]], entries: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    """Yield what is staged in entries of the index that get another one, and what no commit holds."""
    found = {}
    for line in filter(None, git.run(root, "ls-files", "--stage", "-z").split("\0")):
        description, _, path = line.partition("\t")
        mode, blob, _ = description.split()
        if path in entries and (mode, blob) not in (ours.get(path), entries[path]):
            found[path] = blob
    contents = git.blobs(root, found.values()) if found else {}
    for path, blob in found.items():
        yield path, contents[blob]


def _source(root: Path) -> tuple[str, str]:
    """Return the remote to fetch from, and its branch: a fork's `upstream`, or what the branch follows."""
    remotes = git.run(root, "remote").split()
    branch = git.run(root, "symbolic-ref", "--quiet", "--short", "HEAD", check=False)
    followed = git.run(root, "config", f"branch.{branch}.remote", check=False) if branch else ""
    remote = next(
        (name for name in ("upstream", followed, "origin", *remotes) if name in remotes), None
    )
    if remote is None:
        raise GitError(
            "This repository knows no other to fetch from. To name one: git remote add upstream ADDRESS. "
            "Or from a zip: kata update FILE.zip"
        )
    if remote == followed:
        merge = git.run(root, "config", f"branch.{branch}.merge", check=False)
        return remote, f"{remote}/{merge.removeprefix('refs/heads/')}"
    default = git.run(
        root, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD", check=False
    )
    return remote, default or f"{remote}/main"


def _refuse_unfinished(root: Path) -> None:
    branch = git.run(root, "symbolic-ref", "--quiet", "HEAD", check=False)
    if branch == f"refs/heads/{solutions_branch.BRANCH}":
        raise GitError(
            f"The branch {solutions_branch.BRANCH} is checked out. Switch to another first: git switch -"
        )
    for name, what in _UNDER_WAY.items():
        if (root / git.run(root, "rev-parse", "--git-path", name)).exists():
            raise GitError(
                f"A {what} is under way. To finish it: git {what} --continue, or git {what} --abort; "
                "then: kata update"
            )


def _commit(root: Path, name: str) -> str | None:
    return (
        git.run(
            root, "rev-parse", "--verify", "--quiet", f"refs/remotes/{name}^{{commit}}", check=False
        )
        or None
    )
