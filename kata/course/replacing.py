"""Replace a file as a whole: at any moment it is the old one or the new one, also after a crash."""

import os
import tempfile
from pathlib import Path


def replace(file: Path, content: bytes) -> None:
    """Give ``file`` this content, keeping its mode; make the folder if it is missing.

    The content goes to a new file beside it, reaches the disk, and then takes the name over.

    Raises:
        OSError: the folder cannot be made or written to; the old file is untouched.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)  # noqa: PTH101  A temporary file is for its owner alone.
        os.replace(name, file)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
