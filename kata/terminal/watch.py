"""``kata watch``: one exercise, one screen, and keys.

The loop waits for everything at once: a key, a save, the outcome of a run, a signal, and the time for
another run. Whatever was saved last is what the last run saw.
"""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from kata.course.exercise import Exercise
from kata.judge.saves import Saves
from kata.judge.server import Server
from kata.terminal import modes
from kata.terminal.modes import Closed
from kata.terminal.typed import keys_in
from kata.terminal.watcher import Watcher

# The signals that end the watcher, and those that have it draw again, as far as the system has them.
# After Ctrl-C it has done what it was asked for.
_ENDINGS = modes.existing("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
_STOPS = modes.existing("SIGTSTP")
_REDRAWS = modes.existing("SIGWINCH")


def watch(root: Path, server: Server, at: Exercise | None = None, *, opens: bool = True) -> None:
    """Watch until the learner quits; the terminal is as before afterwards, whatever happens.

    It begins with the exercise ``at``, if there is one. ``opens`` says whether to open each new exercise
    where the terminal is that of an editor. A signal that ends the process does so after that, as if
    nobody had caught it.
    """
    terminal = modes.open_terminal()
    saves = Saves(root)
    ending = None
    with _signals() as signals:
        try:
            with contextlib.suppress(Closed), terminal.keys():
                saves.start()
                watcher = Watcher(root, server, saves, terminal, at, opens)
                ending = _loop(watcher, server, saves, signals)
        finally:
            saves.stop()
            server.stop()
    if ending not in (None, signal.SIGINT):
        os.kill(os.getpid(), ending)


def _loop(watcher: Watcher, server: Server, saves: Saves, signals: socket.socket) -> int | None:
    """Go on until a key or a signal asks for the end; return the signal."""
    watcher.run()
    keyboard, outcomes = watcher.terminal.fileno(), server.connection.fileno()
    told, saved = signals.fileno(), saves.pipe.fileno()
    ready: list[int] = []
    while True:
        watcher.draw()
        if outcomes in ready:
            watcher.catch_up()
        pause = None if watcher.due is None else max(0.0, watcher.due - time.monotonic())
        ready, _, _ = select.select([told, keyboard, saved, outcomes], [], [], pause)
        if told in ready:
            caught = signals.recv(1024)
            if ending := next((number for number in _ENDINGS if number in caught), None):
                return ending
            if any(number in caught for number in _STOPS):
                with watcher.terminal.lent():
                    os.kill(os.getpid(), signal.SIGSTOP)  # Until the shell's `fg`.
        if saved in ready:  # An outcome that came with it is of an older save.
            watcher.saved(saves.take())
        elif outcomes in ready:
            watcher.show(server.receive())
        elif watcher.due is not None and watcher.due <= time.monotonic():
            watcher.run()
        if keyboard in ready:
            text = watcher.terminal.read()
            if not text or not all(watcher.press(key) for key in keys_in(text)):
                return None


@contextlib.contextmanager
def _signals() -> Iterator[socket.socket]:
    """Return a connection that tells of signals: what they ask for is not done within a write to the screen."""
    told, tell = socket.socketpair()
    tell.setblocking(False)
    before = {n: signal.signal(n, lambda *_: None) for n in (*_ENDINGS, *_STOPS, *_REDRAWS)}
    # Python itself writes the number of a signal there, also while the loop waits.
    wakeup = signal.set_wakeup_fd(tell.fileno(), warn_on_full_buffer=False)
    try:
        yield told
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        told.close()
        tell.close()
