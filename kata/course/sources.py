"""The sources of an exercise: the files whose change of content is a save.

A source is a file that was shipped, and what else ends as a learner's code does. A log, a database or
an ``instance`` folder that the code writes beside itself is none. A folder may hold anything: links to
itself, pipes, files that nobody may read, 40,000 of them. So nothing but regular files is opened, no
link to a folder is followed, and what was read is read again only when its time or size says so.
"""

import hashlib
import heapq
import os
import stat
import time
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

ENDINGS = (".py", ".html", ".txt", ".dockerfile", ".dockerignore")
ARCHIVE = Path(__file__).parent / "shipped.zip"

# Beyond so many, files and folders are data and no code: the shipped files and Python's come first.
MOST = 500

# A larger file, in bytes, is known by its time and size alone.
LARGEST = 4_000_000

# How long, in seconds, a time and size have to stand still before they are believed: two changes
# within the grain of a file system's clock, at worst 2 s, look the same.
SETTLED = 2.5

_T = TypeVar("_T")


class _Listing(NamedTuple):
    files: list[str]
    folders: list[str]


class Look:
    """A look at the sources below a folder, but those named in ``but``; it can be repeated.

    It remembers what it read, so that looking again costs little: one question for each file and folder.
    """

    def __init__(self, folder: Path, but: Container[str] = ()) -> None:
        self._folder = folder
        self._but = but
        self._listings: _Memory[_Listing] = _Memory()
        self._digests: _Memory[str] = _Memory()

    def digests(self) -> dict[str, str]:
        """Return a digest of the content of each source, by its path below the folder."""
        return {
            name: self._digests.of(name, status, partial(self._digest, name, status))
            for name, status in self.files()
        }

    def files(self) -> list[tuple[str, os.stat_result]]:
        """List the sources by their paths below the folder, with what the system says of each."""
        names = [f"{path}{name}" for path, listing in self._walk() for name in listing.files]
        if len(names) > MOST:
            shipped = shipped_names(self._folder)
            first = [name for name in names if name.endswith(".py") or name in shipped]
            first = heapq.nsmallest(MOST, first, lambda name: (name not in shipped, name))
            rest = (name for name in names if not name.endswith(".py") and name not in shipped)
            names = first + heapq.nsmallest(MOST - len(first), rest)
        found = [(name, _status(f"{self._folder}/{name}")) for name in names[:MOST]]
        return sorted((name, s) for name, s in found if s is not None and stat.S_ISREG(s.st_mode))

    def folders(self) -> list[str]:
        """List the folder and the folders in it that may hold sources."""
        return [f"{self._folder}/{path}" for path, _ in self._walk()]

    def changed_at(self, expected: Iterable[str] = ()) -> int:
        """Return the latest change of a source in ns.

        A file that is renamed or copied keeps its time of writing; so the time at which its entry
        changed counts, too. Where one of the shipped or expected files is missing, its folder counts.
        """
        files = dict(self.files())
        times = [max(status.st_mtime_ns, status.st_ctime_ns) for status in files.values()]
        for name in shipped_names(self._folder).union(expected) - files.keys():
            folder = _status(os.fspath((self._folder / name).parent))
            if folder is not None and name not in self._but:
                times.append(folder.st_mtime_ns)
        return max(times, default=0)

    def _walk(self) -> Iterator[tuple[str, _Listing]]:
        below = [""]
        for path in below:
            if (status := _status(f"{self._folder}/{path}")) is not None:
                listing = self._listings.of(path, status, partial(self._list, path))
                yield path, listing
                below += [f"{path}{name}/" for name in listing.folders[: MOST - len(below)]]

    def _list(self, path: str) -> _Listing:
        files, folders = [], []
        known: set[str] | None = None  # The shipped files of the folder; most folders need not ask.
        for entry in entries_of(f"{self._folder}/{path}"):
            name = entry.name
            if name == "pyvenv.cfg":  # An environment holds the code of others.
                return _Listing([], [])
            hidden = name.startswith(".") and name != ".dockerignore"
            if name.endswith(ENDINGS) and not hidden:
                files.append(name)
            elif entry.is_dir(follow_symlinks=False):
                if not hidden and name != "__pycache__":
                    folders.append(name)
            elif f"{path}{name}" not in self._but:
                if known is None:
                    shipped = shipped_names(self._folder)
                    known = {file.removeprefix(path) for file in shipped if file.startswith(path)}
                if name in known:
                    files.append(name)
        wanted = [name for name in files if f"{path}{name}" not in self._but]
        return _Listing(wanted, sorted(folders))

    def _digest(self, name: str, status: os.stat_result) -> str:
        """Read a file, which may by now be another thing or gone; never wait for it."""
        try:
            if status.st_size > LARGEST:
                raise OSError
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            with open(os.open(f"{self._folder}/{name}", flags), "rb") as file:  # noqa: PTH123
                return hashlib.blake2b(file.read(LARGEST) or b"", digest_size=16).hexdigest()
        except OSError:
            return f"{status.st_mtime_ns}:{status.st_size}"


class _Memory(Generic[_T]):
    """What was read of each path; read again when what the system says of it is not as it was."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, ...], float, bool, _T]] = {}

    def of(self, path: str, status: os.stat_result, read: Callable[[], _T]) -> _T:
        stamp = (
            *(status.st_mtime_ns, status.st_ctime_ns, status.st_size),
            *(status.st_ino, status.st_dev, status.st_mode),
        )
        now = time.monotonic()
        before, since, settled, value = self._known.get(path, (None, now, False, None))
        if stamp != before:
            since = now
        elif settled and value is not None:
            return value
        value = read()
        self._known[path] = (stamp, since, now - since > SETTLED, value)
        return value


def state_of(digests: Mapping[str, str]) -> str:
    """Return a text that is another one when the content or the name of a source is."""
    state = hashlib.blake2b(digest_size=16)
    for name, digest in sorted(digests.items()):
        state.update(b"%b\0%b\0" % (os.fsencode(name), digest.encode()))
    return state.hexdigest()


def shipped_names(folder: Path) -> frozenset[str]:
    """Return the paths of the files that an exercise was shipped with, below its folder."""
    return _names_in_archive(ARCHIVE).get("/".join(folder.parts[-2:]), frozenset())


@lru_cache
def _names_in_archive(archive: Path) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    try:
        with zipfile.ZipFile(archive) as shipped:
            for path in shipped.namelist():
                tier, exercise, name = path.split("/", 2)
                names.setdefault(f"{tier}/{exercise}", set()).add(name)
    except (OSError, ValueError, zipfile.BadZipFile):
        return {}
    return {exercise: frozenset(files) for exercise, files in names.items()}


def entries_of(folder: str | Path) -> "list[os.DirEntry[str]]":
    """List a folder; nothing if it is none. A tree is read at every save, and pathlib is slow at that."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _status(path: str) -> os.stat_result | None:
    """Ask the system about a path; a file may vanish meanwhile, since editors write in steps."""
    try:
        return os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
