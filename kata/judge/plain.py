"""Text that cannot do anything to a terminal: what a learner's code prints, raises or names is data there.

A control character would clear the screen or rename the window, and half of a surrogate pair cannot be
written at all, nor sent to the controller of pytest-xdist.
"""

import re
from typing import Any

# All control characters but tab and line feed, and halves of surrogate pairs. Colors are harmless.
_COLOR = r"\x1b\[[\d;]*m"
_COLORS = re.compile(_COLOR)
_UNSAFE = re.compile(rf"({_COLOR})|[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def safe(value: Any) -> Any:
    """Return JSON data with every unsafe character in its texts as Python writes it, such as ``\\x1b``."""
    match value:
        case str():
            if value.isprintable():
                return value
            return _UNSAFE.sub(_escaped, value.replace("\r\n", "\n"))
        case list():
            return [safe(each) for each in value]
        case dict():
            return {safe(key): safe(each) for key, each in value.items()}
    return value


def without_colors(text: str) -> str:
    """Return a text without the sequences that color it."""
    return _COLORS.sub("", text)


def _escaped(match: re.Match[str]) -> str:
    return match[1] or repr(match[0])[1:-1]
