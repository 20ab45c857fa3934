"""What was typed, as a list of keys.

A terminal sends a key that has no letter as a sequence that begins with Escape, in one of several
dialects: see "PC-Style Function Keys" of https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
"""

import re
import sys

UP, DOWN, PAGE_UP, PAGE_DOWN = "up", "down", "page up", "page down"
HOME, END, ENTER, ESCAPE, BACKSPACE = "home", "end", "enter", "escape", "backspace"

_SEQUENCES = {
    "A": UP,
    "B": DOWN,
    "H": HOME,
    "F": END,
    "1~": HOME,
    "7~": HOME,
    "4~": END,
    "8~": END,
    "5~": PAGE_UP,
    "6~": PAGE_DOWN,
}
_NAMED = {"\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": BACKSPACE, "\x08": BACKSPACE}
_KEY = re.compile(r"\x1b(?:\[|O)([\d;]*[A-Za-z~])|(.)", re.DOTALL)

# How many screens, and how many lines besides, each key scrolls.
SCROLL = {
    " ": (1, 0),
    PAGE_DOWN: (1, 0),
    "b": (-1, 0),
    PAGE_UP: (-1, 0),
    "j": (0, 1),
    DOWN: (0, 1),
    "k": (0, -1),
    UP: (0, -1),
    HOME: (-sys.maxsize, 0),
    END: (sys.maxsize, 0),
}

# What a console of Windows sends after a NUL or 0xE0 in place of a letter.
OF_WINDOWS = {
    "H": "\x1b[A",
    "P": "\x1b[B",
    "G": "\x1b[H",
    "O": "\x1b[F",
    "I": "\x1b[5~",
    "Q": "\x1b[6~",
}


def keys_in(text: str) -> list[str]:
    """Return the keys in what was typed: a letter as it is, any other by its name.

    A sequence that is none of these keys is left out, not taken for the letters in it.
    """
    found = []
    for match in _KEY.finditer(text):
        sequence, letter = match.groups()
        key = _SEQUENCES.get(sequence) if sequence else _NAMED.get(letter, letter)
        if key:
            found.append(key)
    return found
