"""The backups on the disk: numbered folders below ``.kata/backups/<id>``.

``0007_2026-05-01T10-00-00Z`` holds the files of the seventh change of an exercise; the number gives the order,
since a clock may be set back. Folders of earlier versions have a date alone, and come before all others.
"""

import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from kata.course import reading, replacing

_CONTENTS, _UNDER_WAY, _UNFINISHED = ".kata-backup.json", ".kata-under-way", "unfinished-"
_NUMBER = re.compile(r"(\d+)_")


@dataclass(frozen=True)
class Link:
    """A symbolic link in the place of a file: what it says, not what it leads to."""

    target: str


State = bytes | Link | None
"""What there is under a name: a file's content, a link, or neither."""


@dataclass(frozen=True)
class Backup:
    """The state of some files before a change: known by its folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def number(self) -> int:
        match = _NUMBER.match(self.name)
        return int(match[1]) if match else 0

    @property
    def under_way(self) -> bool:
        """Say whether the change has not come to its end."""
        return (self.folder / _UNDER_WAY).exists()

    @property
    def undoing(self) -> str | None:
        """Return the name of the backup that the change brought back, if it was an undo."""
        undone = (self._contents() or {}).get("undoing")
        return undone if isinstance(undone, str) else None

    def states(self, changeable: Container[str]) -> dict[str, State]:
        """Return what was under each name; a backup of an earlier version holds more than was changed."""
        contents = self._contents()
        if contents is None:
            paths = {p.relative_to(self.folder).as_posix(): p for p in self.folder.rglob("*")}
            return {
                name: path.read_bytes()
                for name, path in sorted(paths.items())
                if name in changeable and path.is_file()
            }
        links, missing = contents["links"], contents["missing"]
        return {
            **{name: (self.folder / name).read_bytes() for name in contents["files"]},
            **{name: Link(target) for name, target in links.items()},
            **dict.fromkeys(missing),
        }

    def names(self) -> list[str]:
        """Return the names of what the change was about."""
        contents = self._contents() or {}
        return [name for kind in ("files", "links", "missing") for name in contents.get(kind, [])]

    def finish(self) -> None:
        """Note that the change has come to its end."""
        (self.folder / _UNDER_WAY).unlink(missing_ok=True)

    def _contents(self) -> dict[str, Any] | None:
        try:
            contents: dict[str, Any] = json.loads((self.folder / _CONTENTS).read_bytes())
        except (OSError, ValueError):
            return None
        return contents


def backups_in(home: Path) -> list[Backup]:
    """List the backups below a folder, the newest last."""
    found = [Backup(path) for path in home.glob("[0-9]*") if path.is_dir()]
    return sorted(found, key=lambda backup: (backup.number, backup.name))


def state_of(folder: Path, name: str) -> State:
    """Return what is under a name below a folder; links are not followed, and a folder is no content.

    Raises:
        OSError: it cannot be read, or is a FIFO, a socket or a device.
    """
    path = folder
    for part in PurePosixPath(name).parts[:-1]:
        path /= part
        if path.is_symlink() or not path.is_dir():
            return None
    path = folder / name
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        return Link(str(path.readlink()))
    if stat.S_ISDIR(status.st_mode):
        return None
    return reading.content(path)


def store(home: Path, states: Mapping[str, State], undoing: str | None) -> Backup:
    """Write a backup, which appears under its name when it is complete and on the disk."""
    home.mkdir(parents=True, exist_ok=True)
    number = max((backup.number for backup in backups_in(home)), default=0) + 1
    files = {name: state for name, state in states.items() if isinstance(state, bytes)}
    contents = {
        "undoing": undoing,
        "files": list(files),
        "links": {name: state.target for name, state in states.items() if isinstance(state, Link)},
        "missing": [name for name, state in states.items() if state is None],
    }
    files |= {_CONTENTS: json.dumps(contents, indent=1).encode(), _UNDER_WAY: b""}
    unfinished = Path(tempfile.mkdtemp(dir=home, prefix=_UNFINISHED))
    try:
        for name, content in files.items():
            copy = unfinished / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        time = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        folder = unfinished.rename(home / f"{number:04}_{time}")
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    replacing.sync(home)
    return Backup(folder)


def clear(home: Path) -> None:
    """Remove what was interrupted before it was a backup. Nobody else may be at it: hold a lock."""
    for leftover in home.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)
