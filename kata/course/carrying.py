"""Put the files of a new version in their places; what was interrupted is completed.

``.kata/update`` appears, complete, before the first file changes: a plan, and what the files will hold.
The engine is among these files. So ``kata.__main__`` completes an interrupted update before it imports
anything else, and this module needs the standard library, `locking` and `replacing` alone.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kata.course import locking, replacing

_PATIENCE = 30.0
_PLAN, _UNFINISHED = "plan.json", "update-unfinished-"


class Interfered(Exception):
    """Somebody else was at the branch or the plan since it was made. The message is a sentence."""


@dataclass(frozen=True)
class Step:
    """A file that gets another content; ``before`` and ``after`` are `fingerprint`s, None for no file.

    ``own`` says that a learner may write it: saved meanwhile, it stays as it is.
    """

    path: str
    before: str | None
    after: str | None
    executable: bool = False
    own: bool = False


@dataclass(frozen=True)
class Plan:
    """What an update does: the files; the entries of git's index and the commit to move to; and words.

    ``check`` has the ids of the exercises to be checked again, ``backup`` the folder with what was before.
    """

    steps: tuple[Step, ...]
    check: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    backup: str = ""
    head: str = ""
    target: str = ""
    index: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)


def lock_in(root: Path) -> Path:
    """Return the file whose lock is held by who changes files: it is that of the backups."""
    return root / ".kata" / "backups.lock"


def prepare(root: Path, plan: Plan) -> None:
    """Write the plan, which appears when it is complete and on the disk."""
    folder = Path(tempfile.mkdtemp(dir=root / ".kata", prefix=_UNFINISHED))
    for name, content in plan.contents.items():
        _write(folder / name, content)
    _write(folder / _PLAN, json.dumps(asdict(plan) | {"contents": {}}, indent=1).encode())
    folder.rename(_folder(root))
    replacing.sync(root / ".kata")


def is_under_way(root: Path) -> bool:
    """Say whether there is a plan; where nobody may look, there is none to carry out."""
    return os.path.isfile(_folder(root) / _PLAN)  # noqa: PTH113  It asks without an error.


def complete(root: Path) -> None:
    """Complete an update that was interrupted, if there is one; call it before the engine is imported."""
    if not is_under_way(root):
        return
    try:
        with locking.held(lock_in(root), _PATIENCE):
            if is_under_way(root):
                sys.stderr.write("An update was interrupted. It is completed now.\n")
                carry_out(root)
    except (OSError, subprocess.CalledProcessError, Interfered) as error:
        sys.stderr.write(f"{reason(error)}\n")
        sys.exit(1)


def carry_out(root: Path) -> Plan:
    """Do what the plan says, as far as it is not done; hold the lock meanwhile.

    Raises:
        Interfered: the branch was moved, and the plan is dropped; or the plan is damaged.
        OSError, subprocess.CalledProcessError: it could not be done; the plan stays.
    """
    folder = _folder(root)
    plan = _read(folder)
    if plan.target and _git(root, "rev-parse", "HEAD") not in (plan.head, plan.target):
        _drop(folder)
        raise Interfered("The branch has moved during the update. To update it: kata update")
    # The engine comes last: until then, the old one can complete what is under way.
    for step in sorted(plan.steps, key=lambda step: (step.path.startswith("kata/"), step.path)):
        _take(root, step, folder, root / plan.backup)
    if plan.target:
        _git(root, "update-index", "-z", "--index-info", text=plan.index)
        _git(root, "update-ref", "-m", "kata update", "HEAD", plan.target)
        with contextlib.suppress(subprocess.CalledProcessError):
            _git(root, "update-index", "-q", "--refresh")
    add_to_check(root, plan.check)
    _drop(folder)
    return plan


def clear(root: Path) -> None:
    """Remove what was interrupted before it was a plan, or after it was done; hold the lock."""
    for leftover in (root / ".kata").glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)


def fingerprint(path: Path) -> str | None:
    """Return what tells one content from another; of a link, where it leads to."""
    if path.is_symlink():
        return f"link to {path.readlink()}"
    return digest(path.read_bytes()) if path.is_file() else None


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def to_check(root: Path) -> list[str]:
    """Return the ids of the exercises that an update has left to be checked again."""
    file = _to_check(root)
    return file.read_text(encoding="utf-8").split() if file.is_file() else []


def add_to_check(root: Path, ids: Iterable[str]) -> None:
    if missing := sorted({*to_check(root), *ids}):
        replacing.replace(_to_check(root), "".join(f"{each}\n" for each in missing).encode())


def forget_to_check(root: Path) -> None:
    _to_check(root).unlink(missing_ok=True)


def reason(error: Exception) -> str:
    """Return the sentence for an update that stopped."""
    if isinstance(error, Interfered):
        return str(error)
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.stderr.strip() or "no reason given").splitlines()[-1]
        why = f"git {error.cmd[1]} failed: {said}"
    else:
        assert isinstance(error, OSError)
        why = f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    return (
        f"The update could not be completed ({why}); nothing of yours is lost. "
        "When that is put right: kata update"
    )


def _read(folder: Path) -> Plan:
    try:
        data = json.loads((folder / _PLAN).read_bytes())
        return Plan(**{**data, "steps": tuple(Step(**step) for step in data["steps"])})
    except (ValueError, TypeError, KeyError):
        raise Interfered(
            f"{folder} is damaged. Nothing of yours is in it: remove it, and then: kata update"
        ) from None


def _take(root: Path, step: Step, folder: Path, backup: Path) -> None:
    """Bring one file to what it is to be, unless it is that already."""
    path = root / step.path
    replacing.clear(path)
    now = fingerprint(path)
    if now not in (step.before, step.after) and now is not None:
        if step.own:
            return
        aside = backup / "meanwhile" / step.path
        if now != fingerprint(aside):
            _write(aside, path.read_bytes())
    if step.after is None:
        if now is not None:
            path.unlink()
        with contextlib.suppress(OSError):
            while (path := path.parent) != root:
                path.rmdir()
        return
    if now != step.after:
        replacing.replace(path, (folder / step.after).read_bytes())
    if os.name != "nt" and bool(path.stat().st_mode & 0o100) != step.executable:
        path.chmod(0o755 if step.executable else 0o644)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _drop(folder: Path) -> None:
    """Remove the plan; in one step, so that half a plan is never taken for one."""
    done = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_UNFINISHED))
    folder.rename(done / folder.name)
    shutil.rmtree(done)


def _folder(root: Path) -> Path:
    return root / ".kata" / "update"


def _to_check(root: Path) -> Path:
    return root / ".kata" / "check-again.txt"


def _git(root: Path, *arguments: str, text: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        input=os.fsencode(text),
        capture_output=True,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace")
        raise subprocess.CalledProcessError(done.returncode, ["git", *arguments], stderr=said)
    return os.fsdecode(done.stdout).strip()
