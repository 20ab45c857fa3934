"""The console of the standard output: its width, and its colors."""

import sys

from rich.console import Console
from rich.theme import Theme

_WIDTH = 100

# Code stands out on a dark background as on a light one.
THEME = Theme({"markdown.code": "bold cyan", "markdown.code_block": "cyan"})


def make_console(wide: bool = False) -> Console:
    """Return a console for the standard output; text is easier to read when it is not too wide."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # The terminal may know no ✓.
    made = Console(highlight=False, emoji=False, theme=THEME)
    if made.width == 0:  # As a terminal says that does not know.
        made.width = _WIDTH
    if not wide:
        made.width = min(made.width, _WIDTH)
    return made
