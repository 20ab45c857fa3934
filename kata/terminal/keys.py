"""What the watcher shows, and what each key does to it."""

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from kata.course import catalog, progress
from kata.course.exercise import Exercise
from kata.judge.outcome import Outcome
from kata.judge.server import Server
from kata.terminal import modes, pages
from kata.terminal.modes import Terminal
from kata.terminal.reruns import Reruns
from kata.terminal.saves import Saves
from kata.terminal.screen import Screen, make_console

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
_SCROLL = {" ": 1, "j": 1, "b": -1, "k": -1}


class Watcher:
    """The state of the screen, and what each key does to it."""

    def __init__(self, root: Path, server: Server, saves: Saves, terminal: Terminal) -> None:
        self._root = root
        self._server = server
        self._saves = saves
        self.terminal = terminal
        self._exercises: list[Exercise] = []
        self._look_around()
        self._pinned: Exercise | None = None
        self._outcome: Outcome | None = None
        self._page: Callable[[Console], RenderableType] | None = None
        self._top = 0
        self._question: Callable[[], None] | None = None
        self._running = False
        self._reruns = Reruns()
        self._changed: set[str] | None = None  # Since the latest verdict; at first unknown.
        self._actions: dict[str, Callable[[], None]] = {
            "h": self._hint,
            "n": lambda: self._move(1),
            "p": lambda: self._move(-1),
            "l": self._list,
            "d": lambda: self._reveal(self._difference),
            "a": lambda: self._reveal(self._answer),
            "r": self._run_again,
            "e": self._edit,
            "?": self._help,
        }

    def run(self) -> None:
        """Run the exercise at hand: the pinned one, or the one that the focus finds.

        Raises:
            EOFError: the process that runs the tests has ended.
        """
        self._running = True
        self._reruns.begin()
        self._saves.attend({self.current().id})
        paths = [str(self._pinned.folder)] if self._pinned else []
        try:
            self._server.run(paths, self._changed)
        except BrokenPipeError:
            raise EOFError from None  # As `receive` says it.
        self.draw()

    @property
    def due(self) -> float | None:
        """Return when the next run is to begin by itself, on the clock `time.monotonic`, if ever."""
        return self._reruns.due

    def saved(self, ids: set[str]) -> None:
        """Take note of saves in these exercises: the one saved last is at hand now, and runs."""
        self._note_changed(ids)
        if self._reruns.changed():
            self._pinned = None
            self._back()
            self.run()

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of a run; run again if a source has changed since it began."""
        if not outcome.states.keys() <= {exercise.id for exercise in self._exercises}:
            self._look_around()
        at_hand = [exercise for exercise in self._exercises if exercise.id in outcome.states]
        stale = {e.id for e in at_hand if self._saves.has_changed(e, outcome.states[e.id])}
        if not self._reruns.end(changed=bool(stale)):
            self._note_changed(stale)
            self.run()
            return
        self._running = False
        self._outcome = outcome
        if outcome.pytest_output is None:
            self._changed = set()
        self._note_changed(stale)
        if self._pinned is not None and self._pinned.id in outcome.solved_now:
            self._pinned = None
        if self._page is None:
            # What pytest says ends with the reason; `draw` goes no further than there.
            self._top = 0 if outcome.pytest_output is None else sys.maxsize
        self.draw()
        self._look_around()
        self._saves.attend({self.current().id, *outcome.states})

    def press(self, key: str) -> bool:
        """Do what a key says; return whether to go on."""
        if self._question is not None:
            question, self._question = self._question, None
            question() if key.lower() == "y" else self._back()
        elif key == "q":
            return False
        elif key in _SCROLL:
            self._top = max(0, self._top + _SCROLL[key] * max(1, modes.height() - 2))
        elif key in self._actions:
            self._actions[key]()
        else:
            self._back()
        self.draw()
        return True

    def draw(self) -> None:
        """Write the whole screen anew."""
        console = make_console()
        height = modes.height()
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
        modes.write(f"{modes.CLEAR}{chr(10).join(shown)}\x1b[{height};1H{capture.get()}")

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
        self._run_again()

    def _run_again(self) -> None:
        self._reruns.forget()
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
        with self.terminal.lent(), contextlib.suppress(OSError):
            files = [str(path) for path in self.current().files_to_edit]
            subprocess.run([*shlex.split(editor), *files], check=False)
