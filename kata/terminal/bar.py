"""The last line of the watcher: which keys there are, as many as fit, and always how to quit."""

QUESTION = "y yes · any other key no"

_QUIT = "q quit"
_KEYS = (
    "t task", "h hint", "l list", "e edit", "n/p next, previous", "d diff", "a answer", "? keys",
)  # fmt: skip
# Those that are left out first where there is too little room.
_LESS = ("n/p next, previous", "a answer", "d diff", "e edit", "l list")


def of_verdict(running: bool, more: bool, width: int) -> str:
    """Return the line below a verdict, or below the old one while the next is found."""
    first = (*(("running…",) if running else ()), *(("↓ more",) if more else ()))
    keys = list(_KEYS)
    for least in _LESS:
        if len(line := " · ".join([*first, *keys, _QUIT])) <= width:
            return line
        keys.remove(least)
    return fitted(" · ".join([*first, *keys, _QUIT]), width)


def of_page(more: bool, width: int) -> str:
    """Return the line below a page."""
    scroll = "↑↓ space b move · " if more else ""
    return fitted(f"{scroll}any other key: the exercise · {_QUIT}", width)


def fitted(line: str, width: int) -> str:
    """Return the line, cut in front of how to quit if it is too long."""
    if len(line) <= width:
        return line
    return f"{line[: max(0, width - len(_QUIT) - 3)].rstrip()}… {_QUIT}"[:width]
