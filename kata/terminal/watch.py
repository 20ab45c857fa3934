"""``kata watch``: one exercise, one screen, and keys.

The loop waits for everything at once: a key, a save, the outcome of a run, a signal, and the time for
another run. Whatever was saved last is what the last run saw.
"""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from kata.judge.server import Server
from kata.terminal.keys import Watcher
from kata.terminal.modes import Closed, Terminal
from kata.terminal.saves import Saves

# The signals that end the watcher; after Ctrl-C it has done what it was asked for.
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def watch(root: Path, server: Server) -> None:
    """Watch until the learner quits; the terminal is as before afterwards, whatever happens.

    A signal that ends the process does so after that, as if nobody had caught it.
    """
    terminal = Terminal()
    saves = Saves(root)
    ending = None
    with _signals() as signals:
        try:
            with contextlib.suppress(Closed), terminal.keys():
                saves.start()
                ending = _loop(Watcher(root, server, saves, terminal), server, saves, signals)
        finally:
            saves.stop()
            server.stop()
    if ending not in (None, signal.SIGINT):
        os.kill(os.getpid(), ending)


def _loop(watcher: Watcher, server: Server, saves: Saves, signals: int) -> int | None:
    """Go on until a key or a signal asks for the end; return the signal."""
    watcher.run()
    keyboard, outcomes = sys.stdin.fileno(), server.connection.fileno()
    while True:
        pause = None if watcher.due is None else max(0.0, watcher.due - time.monotonic())
        ready, _, _ = select.select([signals, keyboard, saves.pipe, outcomes], [], [], pause)
        if signals in ready:
            caught = os.read(signals, 1024)
            if ending := next((number for number in _ENDINGS if number in caught), None):
                return ending
            if signal.SIGTSTP in caught:
                with watcher.terminal.lent():
                    os.kill(os.getpid(), signal.SIGSTOP)  # Until the shell's `fg`.
            watcher.draw()
        if saves.pipe in ready:
            watcher.saved(saves.take())
            continue  # An outcome that came with it is of an older save.
        if outcomes in ready:
            watcher.show(server.receive())
        elif watcher.due is not None and watcher.due <= time.monotonic():
            watcher.run()
        if keyboard in ready:
            keys = watcher.terminal.read()
            if not keys or not watcher.press(keys[0]):
                return None


@contextlib.contextmanager
def _signals() -> Iterator[int]:
    """Return a pipe that tells of signals: what they ask for is not done within a write to the screen."""
    pipe, tell = os.pipe()
    os.set_blocking(tell, False)
    wanted = (*_ENDINGS, signal.SIGWINCH, signal.SIGTSTP)

    def note(number: int, _: object) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(tell, bytes([number]))

    before = {number: signal.signal(number, note) for number in wanted}
    try:
        yield pipe
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
