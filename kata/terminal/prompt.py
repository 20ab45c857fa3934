"""A conversation with the learner: show something, then wait for a key, a line or a text.

Where input or output is no terminal, a line takes the place of a key, and its first letter counts.
"""

import select
import sys
import time
from collections.abc import Callable, Mapping

from rich.console import Console, RenderableType
from rich.text import Text

from kata.practice.terms import clock
from kata.terminal import modes, typed
from kata.terminal.console import make_console

ENTER = "enter"
_NAMES = {ENTER: "Enter", " ": "Space"}
_CLEAR_LINE = "\r\x1b[K"


class Left(Exception):
    """The learner leaves, by q or Ctrl-C, or there is nobody to answer any more."""


class Prompt:
    """The learner's terminal, or what stands for it, line by line: nothing that was shown is taken away."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or make_console()
        self._keys = sys.stdin.isatty() and sys.stdout.isatty()

    @property
    def has_keys(self) -> bool:
        """Say whether keys are pressed, and no lines read."""
        return self._keys

    def show(self, *pages: RenderableType) -> None:
        for page in pages:
            self.console.print(page, crop=False)

    def choose(
        self,
        keys: Mapping[str, str],
        *,
        since: float | None = None,
        minutes: float | None = None,
        ask: str = "",
        tick: Callable[[], str | None] = lambda: None,
    ) -> str:
        """Wait for one of the keys, each with what it does, and return it; ``q`` leaves, unless it is one.

        With ``since``, a moment of `time.monotonic`, a clock runs beside the keys; ``minutes`` is what is
        meant to be enough. ``tick`` is called with each second of that clock, or before a line is read,
        and what it returns is the answer.

        Raises:
            Left: that is what the learner does.
        """
        if "q" not in keys:
            keys = {**keys, "q": "leave"}
        said = " · ".join(f"{_NAMES.get(key, key)} {what}".rstrip() for key, what in keys.items())
        said = f"{ask}  {said}" if ask else said
        key = (
            self._pressed(keys, said, since, minutes, tick)
            if self._keys
            else tick() or self._answered(keys, said)
        )
        if key == "q" and keys["q"] == "leave":
            raise Left
        return key

    def line(self, ask: str) -> str:
        """Ask for a line, and return it without the blanks around it.

        Raises:
            Left: the learner ends the input instead, or presses Ctrl-C.
        """
        try:
            return input(f"{ask} ").strip()
        except (EOFError, KeyboardInterrupt):
            raise Left from None

    def text(self, ask: str) -> str:
        """Ask for lines up to an empty one, and return them.

        Raises:
            Left: the learner ends the input instead, or presses Ctrl-C.
        """
        self.show(Text(ask, "dim"))
        lines = []
        while line := self.line(">"):
            lines.append(line)
        return "\n".join(lines)

    def _pressed(
        self,
        keys: Mapping[str, str],
        said: str,
        since: float | None,
        minutes: float | None,
        tick: Callable[[], str | None],
    ) -> str:
        terminal = modes.open_terminal()
        try:
            with terminal.keys():
                while True:
                    if name := tick():
                        modes.write(_CLEAR_LINE)
                        return name
                    self._draw(said if since is None else f"{_clock(since, minutes)}  {said}")
                    if not select.select([terminal.fileno()], [], [], None if since is None else 1)[
                        0
                    ]:
                        continue
                    text = terminal.read()
                    if not text:
                        raise Left
                    for key in typed.keys_in(text):
                        name = ENTER if key == typed.ENTER else key
                        if name in keys:
                            modes.write(_CLEAR_LINE)
                            return name
        except (KeyboardInterrupt, modes.Closed):
            raise Left from None

    def _draw(self, line: str) -> None:
        cut = Text(line, "dim", no_wrap=True, overflow="ellipsis")
        cut.truncate(self.console.width - 1, overflow="ellipsis")
        with self.console.capture() as capture:
            self.console.print(cut, end="")
        modes.write(_CLEAR_LINE + capture.get())

    def _answered(self, keys: Mapping[str, str], said: str) -> str:
        self.show(Text(said, "dim"))
        while True:
            line = self.line(">").lower()
            name = line[:1] or ENTER
            if name in keys:
                return name
            if name == "q":
                raise Left


def _clock(since: float, minutes: float | None) -> str:
    said = clock(time.monotonic() - since)
    return said if minutes is None else f"{said} of {clock(minutes * 60)}"
