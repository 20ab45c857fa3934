"""The state of the watcher's screen: the exercise at hand, what is shown, and what runs."""

import contextlib
import sys
from collections.abc import Iterator, Set
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.judge.outcome import Outcome
from kata.judge.reruns import Reruns
from kata.judge.saves import Saves
from kata.judge.server import Server
from kata.terminal import editor, modes, pages, typed
from kata.terminal.console import make_console
from kata.terminal.front import Front
from kata.terminal.keys import Keys, page_of_fault
from kata.terminal.modes import Terminal
from kata.terminal.screen import Screen


class Watcher:
    """The state of the screen, which `draw` writes. The exercise at hand is the watcher's own: two keep two."""

    def __init__(
        self,
        root: Path,
        server: Server,
        saves: Saves,
        terminal: Terminal,
        at: Exercise | None,
        opens: bool,
    ) -> None:
        self._root = root
        self._server = server
        self._saves = saves
        self._opens = opens
        self._opened: Exercise | None = None
        self.terminal = terminal
        self.exercises: list[Exercise] = []
        self._look_around()
        self._at = at  # None until the first run has found it.
        self._outcome: Outcome | None = None
        self.front = Front()
        self._said = ""  # Above the verdict, until the next key.
        self._running = False
        self._reruns = Reruns()
        self._changed: set[str] | None = None  # Since the latest verdict; at first unknown.
        self._keys = Keys(self, root)

    def run(self) -> None:
        """Run the exercise at hand; at first, the one that the focus finds.

        Raises:
            EOFError: the process that runs the tests has ended.
        """
        self._running = True
        self._reruns.begin()
        self._saves.attend({self.current().id})
        try:
            self._server.run(self._at.id if self._at else None, self._changed)
        except BrokenPipeError:
            raise EOFError from None  # As `receive` says it.

    def run_again(self) -> None:
        """Run because the learner has asked for it."""
        self._reruns.forget()
        self.run()

    def go_to(self, exercise: Exercise) -> None:
        """Take up this exercise."""
        self._at = exercise
        self.front.close()
        self.run_again()

    @property
    def due(self) -> float | None:
        """Return when the next run begins by itself, on the clock `time.monotonic`, if ever."""
        return self._reruns.due

    def saved(self, ids: set[str]) -> None:
        """Take note of saves in these exercises: the one saved last is at hand now, and runs."""
        self._note_changed(ids)
        self._look_around(ids)
        if self._reruns.changed():
            known = [e for e in self.exercises if e.id in ids and e.test_file.is_file()]
            if known and (self._at is None or self._at.id not in ids):
                self._at = max(known, key=Exercise.changed_at)
            self.front.close()
            self.run()

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of a run; what fails in that is shown, too."""
        with self._showing_faults():
            self._show(outcome)

    def _show(self, outcome: Outcome) -> None:
        """Show the outcome of a run; run again if a source has changed since it began."""
        self._running = False
        self._look_around(outcome.states.keys())
        at_hand = [exercise for exercise in self.exercises if exercise.id in outcome.states]
        stale = {e.id for e in at_hand if self._saves.has_changed(e, outcome.states[e.id])}
        if not self._reruns.end(changed=bool(stale)):
            self._note_changed(stale)
            self.run()
            return
        self._outcome = outcome
        if outcome.pytest_output is None:
            self._changed = set()
        self._note_changed(stale)
        if not self.front.is_open:
            # What pytest says ends with the reason; `draw` goes no further than there.
            self.front.top = 0 if outcome.pytest_output is None else sys.maxsize
        failing = outcome.failure.exercise if outcome.failure else None
        run = at_hand[-1] if at_hand else self._at
        self._at = next((e for e in at_hand if e.id == failing), run)
        self._saves.attend({self.current().id, *outcome.states})

    def catch_up(self) -> None:
        """Do what can wait until a verdict is on the screen: open its stub, look for new exercises."""
        with self._showing_faults():
            if self._opens and self._at is not None and self._at != self._opened:
                self._opened = self._at
                failure = self._outcome.failure if self._outcome else None
                editor.show_beside(self._at.stub, failure.line if failure else None)
            before = self.exercises
            self._look_around()
            if self.exercises != before:
                self.draw()

    def _is_another(self) -> bool:
        """Say whether another exercise is at hand than the latest verdict is about."""
        failure = self._outcome.failure if self._outcome else None
        return failure is not None and failure.exercise != self.current().id

    def just_solved(self) -> list[Exercise]:
        """Return the exercises that the latest run found solved."""
        now = self._outcome.solved_now if self._outcome else ()
        return [exercise for exercise in self.exercises if exercise.id in now]

    def press(self, key: str) -> bool:
        """Do what a key says; return whether to go on. What fails in it is shown."""
        self._said = ""
        with self._showing_faults():
            return self._press(key)
        return True

    def _press(self, key: str) -> bool:
        front = self.front
        if front.question is not None:
            question = front.question
            front.close()
            if key.lower() == "y":
                question()
        elif front.chooser is not None and front.chooser.press(key):
            pass
        elif key == "q":
            return False
        elif front.chooser is not None and key != typed.ESCAPE:
            pass  # Whoever types a name without the slash means no other key by it.
        elif key in typed.SCROLL:
            front.scroll(key)
        elif key in self._keys.actions:
            self._keys.actions[key]()
        else:
            self.front.close()
        return True

    @contextlib.contextmanager
    def _showing_faults(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, modes.Closed):
            raise
        except Exception as error:  # Whatever it is, the watcher goes on watching.
            self.front.open(page_of_fault(error))

    def draw(self) -> None:
        """Write the whole screen anew; what fails in that is shown in its place."""
        console = make_console()
        height = modes.height()
        room = height - 2
        with console.capture() as capture:
            try:
                self._print(console, room)
            except Exception as error:  # Such as a text that was removed or cannot be read.
                console.print(page_of_fault(error)(console))
        lines = capture.get().rstrip("\n").split("\n")
        shown = self.front.part_of(lines, room)
        last = self.front.bar(self._running, len(lines) > room, console.width - 1)
        with console.capture() as capture:
            console.print(Text(last, "dim"), end="")
        modes.write(f"{modes.CLEAR}{chr(10).join(shown)}\x1b[{height};1H{capture.get()}")

    def _print(self, console: Console, room: int) -> None:
        if self.front.is_open:
            console.print(self.front.render(console, room))
        elif self._running and self._is_another():
            step = pages.step_at_hand(self.current(), self._root)
            console.print(pages.task(self.current(), step))
        elif self._outcome is not None:
            if self._said:
                console.print(Text(self._said, "yellow"))
            left = room - len(self._said.splitlines())
            screen = Screen(self._root, self.exercises, console, room=left, keys=True)
            screen.show(self._outcome, old=self._running)

    def current(self) -> Exercise:
        """Return the exercise at hand; at first, the first."""
        return self._at or self.exercises[0]

    def say(self, text: str) -> None:
        """Say something above the verdict: a change of files brings the next one up at once."""
        self.front.close()
        self._said = text

    def _note_changed(self, ids: set[str]) -> None:
        if self._changed is not None:
            self._changed |= ids

    def _look_around(self, ids: Set[str] | None = None) -> None:
        """Read the tree anew, with ``ids`` only if one of them is not known.

        An author writes exercises while watching. Of a tree that has none just now, as in the midst of a
        checkout, what was there is remembered.
        """
        if ids is None or not ids <= {exercise.id for exercise in self.exercises}:
            self.exercises = catalog.find_all(self._root / "exercises") or self.exercises
