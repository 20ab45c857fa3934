"""The modes of the terminal: as keys need it, lent to another program, and as it was before."""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from kata.terminal.typed import OF_WINDOWS

try:
    import termios
    import tty
except ModuleNotFoundError:  # On Windows.
    termios = tty = None  # type: ignore[assignment]

CLEAR = "\x1b[H\x1b[2J"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


class Closed(Exception):
    """The terminal is no longer there: its window was closed, or the connection to it."""


class Terminal(Protocol):
    """The terminal in the mode that keys need, and back in the learner's.

    Whatever writes to it raises `Closed` when it is no longer there.
    """

    def fileno(self) -> int:
        """Return what to wait at for a key."""

    def keys(self) -> contextlib.AbstractContextManager[None]:
        """Read keys as they are pressed, without showing them; undo that on every way out."""

    def lent(self) -> contextlib.AbstractContextManager[None]:
        """Lend the terminal to another program, such as an editor."""

    def read(self) -> str:
        """Return the keys that were pressed; nothing once there is nobody to press any."""


def open_terminal() -> Terminal:
    """Return the terminal of this process."""
    return _Console() if termios is None else _Tty()


def existing(*names: str) -> tuple[int, ...]:
    """Return the signals of these names that the system has."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


class _Tty:
    """A terminal of a POSIX system."""

    def __init__(self) -> None:
        self._keyboard = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._keyboard)

    def fileno(self) -> int:
        return self._keyboard

    @contextlib.contextmanager
    def keys(self) -> Iterator[None]:
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
        self._restore()
        write(CLEAR)
        # Ctrl-Z in an editor stops both, and the shell has the terminal; Ctrl-C is for the editor alone.
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            with _unheard():
                yield
        finally:
            signal.signal(signal.SIGTSTP, before)
            tty.setcbreak(self._keyboard)
            write(_HIDE_CURSOR)

    def read(self) -> str:
        try:
            return os.read(self._keyboard, 1024).decode(errors="replace")
        except OSError:
            return ""

    def _restore(self) -> None:
        try:
            termios.tcsetattr(self._keyboard, termios.TCSADRAIN, self._before)
        except termios.error:
            raise Closed from None
        write(_SHOW_CURSOR)


class _Console:
    """A console of Windows: a thread waits for keys there, since only sockets can be waited for with others."""

    def __init__(self) -> None:
        self._told, self._tell = socket.socketpair()
        self._may_read = threading.Event()

    def fileno(self) -> int:
        return self._told.fileno()

    @contextlib.contextmanager
    def keys(self) -> Iterator[None]:
        os.system("")  # Has the console understand the sequences that place and color text.
        self._may_read.set()
        threading.Thread(target=self._listen, daemon=True).start()
        write(_HIDE_CURSOR)
        try:
            yield
        finally:
            with contextlib.suppress(Closed):
                write(f"{_SHOW_CURSOR}\n")

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        self._may_read.clear()
        write(f"{_SHOW_CURSOR}{CLEAR}")
        try:
            with _unheard():
                yield
        finally:
            write(_HIDE_CURSOR)
            self._may_read.set()

    def read(self) -> str:
        return self._told.recv(1024).decode(errors="replace")

    def _listen(self) -> None:
        import msvcrt

        console: Any = msvcrt
        while True:
            self._may_read.wait()
            if console.kbhit():
                key = console.getwch()
                if key in "\0\xe0":  # The second half says which.
                    key = OF_WINDOWS.get(console.getwch(), "")
                self._tell.send(key.encode())
            else:
                threading.Event().wait(0.03)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Leave the signals of the terminal, such as Ctrl-C, to the program that has it now."""
    wakeup = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)


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
