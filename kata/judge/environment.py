"""The known place that every exercise starts from: variables, encoding, limits, a temporary folder."""

import contextlib
import errno
import locale
import os
import sys
import tempfile
from collections.abc import MutableMapping
from importlib.util import find_spec
from pathlib import Path

FILE_LIMIT = 1_000_000
"""What a test may write to one file, its standard output among them, in bytes."""

NO_OTHER_PLUGINS = (
    *("--disable-plugin-autoload", "-p", "no:cacheprovider"),
    *("-p", "no:unraisableexception", "-p", "no:threadexception"),
)
"""The options of a run of pytest that needs no plugins but ours, and is quicker without them: those of other
packages, its cache, and two that collect garbage, twice, to warn of what nobody would see.
"""

# What a shell or a tutorial may have set, and what would change how an exercise runs.
_STRANGE = (
    "FLASK_", "WERKZEUG_", "GUNICORN_", "CELERY_", "SQLALCHEMY_", "PIKA_", "COV_CORE_",
    "PYTHONASYNCIODEBUG", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONHASHSEED", "PYTHONUNBUFFERED",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
)  # fmt: skip

_NO_KEYBOARD = (
    "This line waits for somebody to type, and while tests run nobody does. An application gets its values "
    "from requests, settings and arguments."
)

_UTF8_LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8")


def tidy(variables: MutableMapping[str, str]) -> None:
    """Take what is strange out of environment variables, and have them say UTF-8."""
    for name in list(variables):
        if name.upper().startswith(_STRANGE):
            del variables[name]
    variables.update(PYTHONUTF8="1", LC_ALL="C.UTF-8", LANG="C.UTF-8")


def settle(folder: Path, memory: int) -> None:
    """Bring this process to the known place.

    ``folder`` becomes its temporary folder, and ``memory`` is how many more bytes it may use.
    """
    tidy(os.environ)
    for name in _UTF8_LOCALES:
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
            break
    sys.dont_write_bytecode = True
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    if find_spec("resource") is not None:
        _limit(memory)


def is_utf8() -> bool:
    """Say whether this interpreter reads the names of files as UTF-8, as an exercise has it."""
    return sys.getfilesystemencoding().lower().replace("-", "") == "utf8"


class NoTerminal(Exception):
    """The learner's code wants to talk to somebody at a terminal. The message says so, and what to do."""


def printed() -> int:
    """Return how many bytes were printed and are not read yet."""
    return max(os.fstat(stream).st_size for stream in (1, 2))


def refusal(error: BaseException, printed: int) -> str | None:
    """Say which limit of the process an error tells of, if it does; so many bytes were ``printed`` before."""
    text = str(error)
    match error:
        case NoTerminal():
            return text
        case MemoryError() | OSError(errno=errno.ENOMEM):
            return "This line asks for more memory than an exercise may use."
        case OSError(errno=errno.EMFILE):
            return (
                "This line opens more files than a process may have open: close what is done with."
            )
        case OSError(errno=errno.EFBIG) if printed >= FILE_LIMIT:
            return "This line printed more than 1 MB: an endless loop?"
        case OSError(errno=errno.EFBIG):
            return "This line wrote more than 1 MB to one file, which no exercise needs: an endless loop?"
        case OSError() if "reading from stdin" in text:
            return _NO_KEYBOARD
        case EOFError() if "EOF when reading a line" in text:
            return _NO_KEYBOARD
    return None


def _limit(memory: int) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_lower(FILE_LIMIT, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    used = 0
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        used = pages * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # macOS knows this limit and refuses it.
        resource.setrlimit(resource.RLIMIT_AS, (_lower(used + memory, hard), hard))


def _lower(wanted: int, hard: int) -> int:
    return wanted if hard < 0 else min(wanted, hard)
