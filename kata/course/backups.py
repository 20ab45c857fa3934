"""Reset and undo: what a learner wrote is whole at any moment, in its place or in a backup.

A backup holds what a reset, or an undo, is about to change. It appears under its name when it is complete,
and bears a mark until the change is: what was interrupted is told by that, and undone or done again.
"""

import contextlib
import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kata.course import locking, replacing, stored, workspace
from kata.course.exercise import Exercise
from kata.course.stored import Backup, Link, State

# How long, in seconds, one reset waits for another.
_PATIENCE = 3.0


class NothingToDo(Exception):
    """There is nothing to reset or to restore. The message is a sentence for the learner."""


@dataclass(frozen=True)
class Change:
    """What a reset or an undo did.

    ``files`` were restored; ``removed`` were not there before, and no longer are; ``links`` were links to what
    is given with them, which is left alone. What was there before is in the folder ``backup``.
    """

    files: tuple[Path, ...]
    removed: tuple[Path, ...]
    links: tuple[tuple[Path, str], ...]
    backup: Path

    def told(self, root: Path) -> list[str]:
        """Say what was done, a line for each file."""
        return [
            *(f"Restored {file.relative_to(root)}" for file in self.files),
            *(f"Removed {file.relative_to(root)}" for file in self.removed),
            *(
                f"{file.name} was a link to {to}, which is left as it is."
                for file, to in self.links
            ),
        ]


def reset(exercise: Exercise, root: Path) -> Change:
    """Bring the shipped files of an exercise back, after storing the learner's.

    Files that the learner added stay where they are. A link in the place of a file is replaced; what it
    leads to is the learner's, and is neither read nor written.

    Raises:
        NothingToDo: the learner's files are as they were shipped, or none are known.
        OSError: it could not be done; what the learner wrote is where it was, or in a backup.
    """
    originals = workspace.shipped_for_the_learner(exercise)
    if not originals:
        raise NothingToDo(
            f"{workspace.ARCHIVE.name} holds no file of {exercise.number}, so there is nothing to bring back. "
            "For authors: kata pack"
        )
    with _alone(exercise, root, originals):
        known = _backups(exercise, root)
        interrupted = known[-1] if known and known[-1].under_way else None
        wanted: dict[str, State] = {}
        for name, content in originals.items():
            now = stored.state_of(exercise.folder, name)
            if not isinstance(now, bytes) or not workspace.same_text(now, content):
                wanted[name] = content
        if not wanted:
            if interrupted and interrupted.undoing is None:
                interrupted.finish()
            raise NothingToDo(f"{exercise.number} is as it was shipped: nothing to do.")
        carried = _source(interrupted, known).states(originals) if interrupted else {}
        return _bring(exercise, root, wanted, carried, undoing=None)


def undo(exercise: Exercise, root: Path) -> Change:
    """Bring back what the newest backup holds, after storing what it replaces.

    So a second undo takes the first one back. An undo that was interrupted is done again.

    Raises:
        NothingToDo: there is no backup, or the files are those of the backup.
        OSError: it could not be done; what the learner wrote is where it was, or in a backup.
    """
    originals = workspace.shipped_for_the_learner(exercise)
    with _alone(exercise, root, originals):
        known = _backups(exercise, root)
        if not known:
            raise NothingToDo(f"There is no backup of {exercise.number}: nothing was reset.")
        newest = known[-1]
        source = _source(newest, known)
        wanted = {
            name: state
            for name, state in source.states(originals).items()
            if stored.state_of(exercise.folder, name) != state
        }
        if not wanted:
            newest.finish()
            raise NothingToDo(
                f"{exercise.number} is as in its backup {source.name}: nothing to do."
            )
        carried = newest.states(originals) if newest.under_way else {}
        return _bring(exercise, root, wanted, carried, undoing=source.name)


def backups_of(exercise: Exercise, root: Path) -> list[Path]:
    """List the folders of an exercise's backups, the newest last."""
    return [backup.folder for backup in _backups(exercise, root)]


def _bring(
    exercise: Exercise,
    root: Path,
    wanted: dict[str, State],
    carried: Mapping[str, State],
    undoing: str | None,
) -> Change:
    """Store what is there, and then bring ``wanted`` in its place.

    ``carried`` is what an interrupted change had stored already, and may have replaced.
    """
    folder = exercise.folder
    obstacles: dict[str, State] = {
        above: None
        for name, state in wanted.items()
        if state is not None and (above := _in_the_way(folder, name)) is not None
    }
    wanted = obstacles | wanted
    for name, state in wanted.items():
        _refuse_a_folder(folder, name, state, wanted)
    present = {name: stored.state_of(folder, name) for name in wanted}
    kept = {
        name: state
        for name, state in carried.items()
        if not any(_overlap(name, other) for other in present if present[other] is not None)
    }
    backup = stored.store(_home(exercise, root), {**kept, **present}, undoing)
    missing = [name for name, state in wanted.items() if state is None]
    for name in sorted(missing, key=len, reverse=True):  # What lies deeper goes first.
        _remove(folder, name)
    for name, state in wanted.items():
        if isinstance(state, Link):
            replacing.replace_by_link(folder / name, state.target)
        elif state is not None:
            with contextlib.suppress(OSError):
                (folder / name).rmdir()  # An empty folder in the place of a file holds nothing.
            replacing.replace(folder / name, state)
    for earlier in _backups(exercise, root)[:-1]:
        earlier.finish()
    backup.finish()
    return Change(
        files=tuple(folder / name for name, state in wanted.items() if state is not None),
        removed=tuple(folder / name for name in missing),
        links=tuple((folder / n, s.target) for n, s in present.items() if isinstance(s, Link)),
        backup=backup.folder,
    )


def _in_the_way(folder: Path, name: str) -> str | None:
    """Return what stands in the place of a folder above the file ``name``."""
    for above in reversed(PurePosixPath(name).parents[:-1]):
        if stored.state_of(folder, above.as_posix()) is not None:
            return above.as_posix()
    return None


def _overlap(one: str, other: str) -> bool:
    """Say whether two names cannot both be files: one is the other, or a folder above it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _refuse_a_folder(folder: Path, name: str, state: State, wanted: Mapping[str, State]) -> None:
    """Refuse to put a file where a folder holds anything that the change does not remove."""
    place = folder / name
    if state is None or place.is_symlink() or not place.is_dir():
        return
    for path in place.rglob("*"):
        inside = path.relative_to(folder).as_posix()
        if (path.is_symlink() or not path.is_dir()) and inside not in wanted:
            raise IsADirectoryError(errno.EISDIR, "it is a folder with files in it", str(place))


def _remove(folder: Path, name: str) -> None:
    """Remove a file that is stored, and the folders above it that are empty then."""
    path = folder / name
    path.unlink()
    with contextlib.suppress(OSError):
        while (path := path.parent) != folder:
            path.rmdir()


def _source(newest: Backup, known: list[Backup]) -> Backup:
    """Return the backup that an undo brings back: an interrupted undo is to be done again."""
    by_name = {backup.name: backup for backup in known}
    while newest.under_way and newest.undoing in by_name:
        newest = by_name[newest.undoing]
    return newest


@contextlib.contextmanager
def _alone(exercise: Exercise, root: Path, names: Mapping[str, bytes]) -> Iterator[None]:
    """Change files while no other process does, and without what interrupted ones left over."""
    home = _home(exercise, root)
    with locking.held(home.parent.parent / "backups.lock", _PATIENCE):
        stored.clear(home)
        newest = _backups(exercise, root)[-1:]
        for name in {*names, *(name for backup in newest for name in backup.names())}:
            replacing.clear(exercise.folder / name)
        yield


def _backups(exercise: Exercise, root: Path) -> list[Backup]:
    return stored.backups_in(_home(exercise, root))


def _home(exercise: Exercise, root: Path) -> Path:
    return root / ".kata" / "backups" / exercise.id
