"""Find the copy of a stub that is edited in its place: it lies beside it, and no test reads it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from kata.course import sources
from kata.judge.reading import file_of

_DEFINITION = re.compile(rb"^(?:async )?(?:def|class) (\w+)", re.MULTILINE)


def renamed(stub: Path) -> str | None:
    """Name the file that may be the missing stub, if one lies in its folder."""
    try:
        latest = max(_others(stub), key=_saved_at, default=None)
    except OSError:  # What cannot be read says nothing.
        return None
    return _said(latest, stub) if latest else None


def edited(stub: Path) -> str | None:
    """Name a file beside the stub that was saved later, defines the same, and is not imported."""
    others = list(_others(stub))
    if not others:
        return None
    imported = {file_of(module) for module in list(sys.modules.values())}
    try:
        names, saved = _defined(stub), _saved_at(stub)
        for other in others:
            if _saved_at(other) > saved and str(other) not in imported and names & _defined(other):
                return _said(other, stub)
    except OSError:  # What cannot be read says nothing.
        pass
    return None


def _said(other: Path, stub: Path) -> str:
    return f"{other.name} lies beside it; the exercise is {stub.name}."


def _others(stub: Path) -> Iterator[Path]:
    """Yield the modules in the folder that were not shipped, and are no tests."""
    folder = stub.parent
    names = [entry.name for entry in sources.entries_of(folder) if entry.name.endswith(".py")]
    for other in sorted(folder / name for name in names if not name.startswith(".")):
        test = other.name.startswith("test_") or other.name == "conftest.py"
        if other != stub and not test and other.name not in sources.shipped_names(folder):
            yield other


def _defined(file: Path) -> set[bytes]:
    """Return the names of functions and classes; the file need not be valid Python."""
    return set(_DEFINITION.findall(file.read_bytes()))


def _saved_at(file: Path) -> int:
    return file.stat().st_mtime_ns
