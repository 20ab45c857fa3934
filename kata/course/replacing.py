"""Replace a file as a whole: at any moment it is the old one or the new one, also after a crash."""

import os
import tempfile
from pathlib import Path

_MARK, _ENDING = ".kata-", ".tmp"


def replace(file: Path, content: bytes, *, durable: bool = True) -> None:
    """Give ``file`` this content, keeping its mode; make the folder if it is missing.

    The content goes to a new file beside it, reaches the disk, and then takes the name over. A link of
    that name is replaced, and what it leads to is left alone. What is not ``durable`` is not waited for,
    and may be empty after a loss of power.

    Raises:
        OSError: the folder cannot be made or written to; the old file is untouched.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = file.stat().st_mode & 0o777 if file.is_file() else 0o644
    descriptor, name = tempfile.mkstemp(
        dir=file.parent, prefix=f".{file.name}{_MARK}", suffix=_ENDING
    )
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        os.chmod(name, mode)  # noqa: PTH101  A temporary file is for its owner alone.
        os.replace(name, file)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def replace_by_link(file: Path, target: str) -> None:
    """Make ``file`` a symbolic link to ``target``, in one step as well."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # A name for a link cannot be reserved; so the link is made in a folder that is nobody else's.
    folder = Path(tempfile.mkdtemp(dir=file.parent, prefix=f".{file.name}{_MARK}", suffix=_ENDING))
    link = folder / file.name
    try:
        link.symlink_to(target)
        link.replace(file)
    finally:
        link.unlink(missing_ok=True)
        folder.rmdir()


def sync(folder: Path) -> None:
    """Let the names in a folder reach the disk, where the system can do that."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def clear(file: Path) -> None:
    """Remove what interrupted replacements of ``file`` have left beside it.

    Nobody else may be replacing it meanwhile: hold a lock.
    """
    try:
        names = os.listdir(file.parent)  # noqa: PTH208  The folder may hold any number of files.
    except OSError:
        return
    for name in names:
        if name.startswith(f".{file.name}{_MARK}") and name.endswith(_ENDING):
            leftover = file.parent / name
            if leftover.is_dir() and not leftover.is_symlink():
                for link in leftover.iterdir():
                    link.unlink()
                leftover.rmdir()
            else:
                leftover.unlink()
