"""Read a file that may be anything: where a file is expected, a learner's disk may hold something else."""

import errno
import os
import stat
from pathlib import Path

# Where a system has no such flag, it has no FIFO to wait for, and no line ends to keep.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_KINDS = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFIFO: "it is a FIFO",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFLNK: "it is a link that leads nowhere",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
}


class NotAFile(OSError):
    """Something that is no regular file stands in the place of one; ``strerror`` says what."""


def content(file: Path, limit: int = -1) -> bytes:
    """Return what a regular file holds, at most ``limit`` bytes of it; a link is followed.

    Nothing is waited for, and only a regular file is opened.

    Raises:
        FileNotFoundError: there is nothing of this name.
        NotAFile: it is a folder, a FIFO, a socket, a device, or a link that leads nowhere.
        OSError: the system refuses to read it.
    """
    try:
        status = file.stat()
    except FileNotFoundError:
        status = file.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise not_a_file(file, status)
    with os.fdopen(os.open(file, _FLAGS), "rb") as stream:
        return stream.read(limit)


def text(file: Path) -> str:
    """Return the text of a regular file, with every line end as ``\\n``; nothing if it cannot be read."""
    try:
        found = content(file).decode(errors="replace")
    except OSError:
        return ""
    return found.replace("\r\n", "\n").replace("\r", "\n")


def not_a_file(file: Path, status: os.stat_result) -> NotAFile:
    """Return the error that says what stands in the place of a file."""
    kind = _KINDS.get(stat.S_IFMT(status.st_mode), "it is no file")
    return NotAFile(errno.EINVAL, kind, str(file))
