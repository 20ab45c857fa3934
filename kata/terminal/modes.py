"""The modes of the terminal: as keys need it, lent to another program, and as it was before."""

import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Iterator

CLEAR = "\x1b[H\x1b[2J"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


class Closed(Exception):
    """The terminal is no longer there: its window was closed, or the connection to it."""


class Terminal:
    """The terminal in the mode that keys need, and back in the learner's.

    Whatever writes to it raises `Closed` when it is no longer there.
    """

    def __init__(self) -> None:
        self._keyboard = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._keyboard)

    @contextlib.contextmanager
    def keys(self) -> Iterator[None]:
        """Read keys as they are pressed, without showing them; undo that on every way out."""
        tty.setcbreak(self._keyboard)
        write(_HIDE_CURSOR)
        try:
            yield
        finally:
            with contextlib.suppress(Closed):
                self._restore()
                write("\n")

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Lend the terminal to another program, such as an editor."""
        self._restore()
        write(CLEAR)
        # Ctrl-Z in an editor stops both, and the shell has the terminal; Ctrl-C is for the editor alone.
        before = {
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_DFL),
            signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            tty.setcbreak(self._keyboard)
            write(_HIDE_CURSOR)

    def read(self) -> str:
        """Return the keys that were pressed; nothing once there is nobody to press any."""
        try:
            return os.read(self._keyboard, 64).decode(errors="replace")
        except OSError:
            return ""

    def _restore(self) -> None:
        try:
            termios.tcsetattr(self._keyboard, termios.TCSADRAIN, self._before)
        except termios.error:
            raise Closed from None
        write(_SHOW_CURSOR)


def height() -> int:
    """Return how many lines the terminal has."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines
    except OSError:
        raise Closed from None


def write(text: str) -> None:
    """Write to the terminal now."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        raise Closed from None
