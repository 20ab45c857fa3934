"""Where sessions of practice are played: a terminal in a tree, and a clock."""

from collections.abc import Iterator
from pathlib import Path

from recording import Terminal
from weeks_of_practice import Clock

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.practice.hunts.requests import Case

Scenes = Iterator[tuple[str, str]]


class Desk:
    """A terminal in a tree, and the clock of the commands that are entered there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._clock = Clock(root.parent)
        self.terminal = Terminal(root, self._clock.environment)

    def exercise(self, name: str) -> Exercise:
        return catalog.find(name, catalog.find_all(self.root / "exercises"))

    def start(self, command: str) -> None:
        """Enter a command of kata on an empty screen."""
        self.terminal.clear()
        self.terminal.enter(f"python3 -m kata {command}")

    def pass_time(self, seconds: int) -> None:
        """Let time pass, as if the learner had spoken, read or written."""
        self._clock.pass_time(seconds)

    def name_the_line(self, case: Case) -> None:
        """Say in a hunt which line is wrong."""
        self.pass_time(150)
        self.terminal.enter(str(min(line for _, line in case.at_fault)))

    def name_the_cause(self, case: Case, seed: int) -> None:
        """Say in a hunt what happens there."""
        self.terminal.screen("What is wrong there?", "4 · q leave")
        self.terminal.press(str(case.causes(seed).index(case.about) + 1))
