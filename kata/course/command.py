"""The name of the ``kata`` command as it can be typed in this shell."""

import os
import re
import shutil
import sys
from pathlib import Path

# Before a word that it takes, or alone at the end of a line that says what to type.
_NAMED = re.compile(r"(?<!-m )(?<![\w/.-])kata(?= [a-z-])|(?<=: )kata$", re.MULTILINE)


def name() -> str:
    """Return ``kata``, or how to start it where the shell does not find that."""
    if shutil.which("kata"):
        return "kata"
    if Path(sys.argv[0]).name in ("kata", "kata.exe"):
        return sys.argv[0]  # As it was typed, with its path.
    return "py -m kata" if os.name == "nt" else "python3 -m kata"


def as_typed(text: str) -> str:
    """Return a text in which each command stands as it can be typed.

    >>> _NAMED.sub("python3 -m kata", "To see all: kata list")
    'To see all: python3 -m kata list'
    """
    return _NAMED.sub(name(), text)
