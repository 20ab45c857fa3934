"""The tree that the page is about: what its views read there, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import abort

from kata.course import catalog, progress
from kata.course.exercise import Exercise
from kata.practice.hunts.alternatives import RIGHT, alternatives
from kata.practice.schedule import deck


@dataclass(frozen=True)
class Entry:
    """An exercise in the list of all: how far it is."""

    exercise: Exercise
    solved: bool
    star: bool
    again: bool
    due: bool
    how_far: str


@dataclass(frozen=True)
class Place:
    """A project in ``root``."""

    root: Path

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    def exercises(self) -> list[Exercise]:
        return catalog.find_all(self.root / "exercises")

    def exercise(self, number: str) -> Exercise:
        """Return the exercise of a number or an id; answer 404 without one."""
        found = [each for each in self.exercises() if number in (each.number, each.id)]
        if not found:
            abort(404, f"There is no exercise {number}.")
        return found[0]

    def right_answers(self, exercise: Exercise) -> list[Path]:
        """List the other correct answers that are kept, of one file each."""
        kept = alternatives(exercise, RIGHT, self.root)
        return [answer for answer in kept if answer.suffix == ".py"]

    def entries(self) -> list[Entry]:
        """List the exercises with how far they are."""
        known: Sequence[Exercise]
        due: set[str] = set()
        try:
            found = deck.read(self.root)
        except OSError:  # What is due cannot be told then.
            state, known = progress.load(self.root), self.exercises()
        else:
            state, known = found.state, found.exercises
            today = datetime.now().astimezone().date()
            due = {each.card.exercise.id for each in found.due(today)}
        stars = state.stars(known)
        return [
            Entry(
                each,
                each.id in state.solved,
                each.id in stars,
                each.id in state.again,
                each.id in due,
                _how_far(each, state),
            )
            for each in known
        ]


def _how_far(exercise: Exercise, state: progress.Progress) -> str:
    if exercise.id in state.done or exercise.id not in state.reached:
        return ""
    passed, total = state.reached[exercise.id]
    return f"{passed}/{total}"
