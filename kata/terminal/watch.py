"""``kata watch``: one exercise, one screen, and keys.

The loop waits for four things at once: a key, a save, the outcome of a run and a resize. Whatever was
saved last is what the last run saw: a save ends the run under way and starts the next.
"""

import contextlib
import os
import select
import shlex
import signal
import subprocess
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import watchfiles
from rich.console import Console, RenderableType
from rich.text import Text

from kata.course import catalog, progress
from kata.course.exercise import Exercise
from kata.course.sources import ENDINGS
from kata.judge.outcome import Outcome
from kata.judge.server import Server
from kata.terminal import pages
from kata.terminal.screen import Screen, make_console

# How long, in milliseconds, further saves are gathered before a run: editors write in steps.
_DEBOUNCE = 50

KEYS = {
    "h": "the next hint",
    "n": "the next exercise",
    "p": "the previous exercise",
    "l": "the list of exercises",
    "d": "the difference to the solution",
    "a": "the model answer",
    "r": "run again",
    "e": "open in $EDITOR",
    "?": "these keys",
    "q": "quit",
}
_BAR = "h hint · n/p next, previous · l list · d diff · a answer · r run · e edit · ? keys · q quit"
_CLEAR = "\x1b[H\x1b[2J"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_STOP = b"z"
_SCROLL = {" ": 1, "j": 1, "b": -1, "k": -1}


class Watcher:
    """The state of the screen, and what each key does to it."""

    def __init__(self, root: Path, server: Server, terminal: "_Terminal") -> None:
        self._root = root
        self._server = server
        self._terminal = terminal
        self._exercises: list[Exercise] = []
        self._look_around()
        self._pinned: Exercise | None = None
        self._outcome: Outcome | None = None
        self._page: Callable[[Console], RenderableType] | None = None
        self._top = 0
        self._question: Callable[[], None] | None = None
        self._running = False
        self._changed: set[str] | None = None  # Since the latest verdict; at first unknown.
        self._actions: dict[str, Callable[[], None]] = {
            "h": self._hint,
            "n": lambda: self._move(1),
            "p": lambda: self._move(-1),
            "l": self._list,
            "d": lambda: self._reveal(self._difference),
            "a": lambda: self._reveal(self._answer),
            "r": self.run,
            "e": self._edit,
            "?": self._help,
        }

    def run(self) -> None:
        """Run the exercise at hand: the pinned one, or the one that the focus finds."""
        self._running = True
        self._server.run([str(self._pinned.folder)] if self._pinned else [], self._changed)
        self.draw()

    def saved(self, paths: set[Path]) -> None:
        """Take note of a save: the exercise that it belongs to is at hand now, and runs."""
        tree = self._root / "exercises"
        owners = {owner.id for path in paths if (owner := catalog.owner(path, tree))}
        if owners:
            self._pinned = None
        self._note_changed(owners)
        self._back()
        self.run()

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of a run, unless a file of the exercise has changed since it began."""
        if not outcome.states.keys() <= {exercise.id for exercise in self._exercises}:
            self._look_around()
        at_hand = [exercise for exercise in self._exercises if exercise.id in outcome.states]
        stale = {e.id for e in at_hand if e.state() != outcome.states[e.id]}
        if stale:
            self._note_changed(stale)
            self.run()
            return
        self._running = False
        self._outcome = outcome
        if outcome.pytest_output is None:
            self._changed = set()
        if self._pinned is not None and self._pinned.id in outcome.solved_now:
            self._pinned = None
        if self._page is None:
            # What pytest says ends with the reason; `draw` goes no further than there.
            self._top = 0 if outcome.pytest_output is None else sys.maxsize
        self.draw()
        self._look_around()

    def press(self, key: str) -> bool:
        """Do what a key says; return whether to go on."""
        if self._question is not None:
            question, self._question = self._question, None
            question() if key.lower() == "y" else self._back()
        elif key == "q":
            return False
        elif key in _SCROLL:
            self._top = max(0, self._top + _SCROLL[key] * max(1, self._height() - 2))
        elif key in self._actions:
            self._actions[key]()
        else:
            self._back()
        self.draw()
        return True

    def draw(self) -> None:
        """Write the whole screen anew."""
        console = make_console()
        height = self._height()
        with console.capture() as capture:
            if self._page is not None:
                console.print(self._page(console))
            elif self._outcome is not None:
                Screen(self._root, self._exercises, console).show(self._outcome)
        lines = capture.get().rstrip("\n").split("\n")
        room = height - 2
        self._top = min(self._top, max(0, len(lines) - room))
        shown = lines[self._top : self._top + room]
        more = len(lines) > room
        with console.capture() as capture:
            bar = Text(self._bar(more), "dim", overflow="ellipsis", no_wrap=True)
            bar.truncate(console.width - 1, overflow="ellipsis")
            console.print(bar, end="")
        _write(f"{_CLEAR}{chr(10).join(shown)}\x1b[{height};1H{capture.get()}")

    def current(self) -> Exercise:
        """Return the exercise at hand."""
        if self._pinned is not None:
            return self._pinned
        at = progress.load(self._root).current
        return next((e for e in self._exercises if e.id == at), self._exercises[0])

    def _note_changed(self, ids: set[str]) -> None:
        if self._changed is not None:
            self._changed |= ids

    def _look_around(self) -> None:
        """Read the tree anew: an author writes exercises and texts while watching."""
        self._exercises = catalog.find_all(self._root / "exercises")

    def _bar(self, more: bool) -> str:
        if self._question is not None:
            return "y yes · any other key no"
        scroll = "space more · b back · " if more else ""
        if self._page is not None:
            return f"{scroll}any other key: the exercise · q quit"
        return f"{'running… ' if self._running else ''}{scroll}{_BAR}"

    def _height(self) -> int:
        return os.get_terminal_size(sys.stdout.fileno()).lines

    def _back(self) -> None:
        self._page, self._top, self._question = None, 0, None

    def _open(self, page: Callable[[Console], RenderableType]) -> None:
        self._page, self._top = page, 0

    def _hint(self) -> None:
        page = pages.next_hint(self.current(), self._root)
        self._open(lambda _: page)

    def _move(self, by: int) -> None:
        index = self._exercises.index(self.current())
        self._pinned = self._exercises[(index + by) % len(self._exercises)]
        self._back()
        self.run()

    def _list(self) -> None:
        state = progress.load(self._root)
        self._open(lambda _: pages.listing(self._exercises, state, self.current().id, cut=True))

    def _difference(self) -> None:
        exercise = self.current()
        self._open(
            lambda console: pages.difference(exercise, self._root / "solutions", console.width)
        )

    def _answer(self) -> None:
        exercise = self.current()
        self._open(lambda _: pages.answer(exercise, self._root / "solutions"))

    def _reveal(self, show: Callable[[], None]) -> None:
        """Show what gives the solution away; ask before that if the exercise is not solved."""
        exercise = self.current()
        if exercise.id in progress.load(self._root).solved:
            show()
            return
        self._open(lambda _: Text(pages.before_the_solution(exercise)))
        self._question = show

    def _help(self) -> None:
        self._open(lambda _: Text("\n".join(f"  {key}  {what}" for key, what in KEYS.items())))

    def _edit(self) -> None:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not editor:
            self._open(
                lambda _: Text(
                    "Set EDITOR to the command of your editor, for example: export EDITOR=nano"
                )
            )
            return
        with self._terminal.lent(), contextlib.suppress(OSError):
            files = [str(path) for path in self.current().files_to_edit]
            subprocess.run([*shlex.split(editor), *files], check=False)


def watch(root: Path, server: Server) -> None:
    """Watch until the learner quits; the terminal is as before afterwards, whatever happens."""
    saves = _Saves(root)
    redraw, notify = os.pipe()
    os.set_blocking(notify, False)
    signal.signal(signal.SIGWINCH, lambda *_: os.write(notify, b"w"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    terminal = _Terminal()

    def ask_to_stop(*_: object) -> None:
        os.write(notify, _STOP)  # Not here: a write to the terminal may be under way.

    signal.signal(signal.SIGTSTP, ask_to_stop)
    watcher = Watcher(root, server, terminal)
    with contextlib.suppress(KeyboardInterrupt), terminal.keys():
        try:
            saves.start()
            watcher.run()
            keyboard = sys.stdin.fileno()
            outcomes = server.connection.fileno()
            while True:
                ready, _, _ = select.select([keyboard, saves.pipe, outcomes, redraw], [], [])
                if saves.pipe in ready:
                    watcher.saved(saves.take())
                    continue  # An outcome that came with it is of an older save.
                if outcomes in ready:
                    watcher.show(server.receive())
                if redraw in ready:
                    if _STOP in os.read(redraw, 1024):
                        with terminal.lent():
                            os.kill(os.getpid(), signal.SIGSTOP)  # Until the shell's `fg`.
                    watcher.draw()
                if keyboard in ready:
                    keys = os.read(keyboard, 64).decode(errors="replace")
                    if not keys or not watcher.press(
                        keys[0] if not keys.startswith("\x1b") else "\x1b"
                    ):
                        return
        finally:
            saves.stop()
            server.stop()


class _Saves:
    """A thread that waits for saves below ``exercises`` and tells of them through a pipe."""

    def __init__(self, root: Path) -> None:
        self._tree = root / "exercises"
        self._paths: set[Path] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self.pipe, self._tell = os.pipe()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def take(self) -> set[Path]:
        """Return the paths saved since the last call."""
        with self._lock:
            os.read(self.pipe, 1024)
            paths, self._paths = self._paths, set()
        return paths

    def _wait(self) -> None:
        for changes in watchfiles.watch(
            self._tree, watch_filter=_is_a_save, debounce=_DEBOUNCE, step=10, stop_event=self._stop
        ):
            with self._lock:
                self._paths |= {Path(path) for _, path in changes}
                os.write(self._tell, b"s")


def _is_a_save(change: watchfiles.Change, path: str) -> bool:
    """Say whether a path may be a source; hidden files are those of editors."""
    name = Path(path).name
    return name.endswith((*ENDINGS, ".md")) and (name == ".dockerignore" or name[0] != ".")


class _Terminal:
    """The terminal in the mode that keys need, and back in the learner's."""

    def __init__(self) -> None:
        self._keyboard = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._keyboard)

    @contextlib.contextmanager
    def keys(self) -> Iterator[None]:
        """Read keys as they are pressed, without showing them; undo that on every way out."""
        tty.setcbreak(self._keyboard)
        _write(_HIDE_CURSOR)
        try:
            yield
        finally:
            self._restore()
            _write("\n")

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Lend the terminal to another program, such as an editor."""
        self._restore()
        _write(_CLEAR)
        # Ctrl-Z in an editor stops both, and the shell has the terminal.
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, before)
            tty.setcbreak(self._keyboard)
            _write(_HIDE_CURSOR)

    def _restore(self) -> None:
        termios.tcsetattr(self._keyboard, termios.TCSADRAIN, self._before)
        _write(_SHOW_CURSOR)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
