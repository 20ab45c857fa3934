"""All that the schedule is made of, read once: the exercises, the journal, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kata.course import catalog, journal, progress
from kata.course.entries import Entry
from kata.course.exercise import Exercise
from kata.course.progress import Progress
from kata.practice.schedule.cards import KINDS, SOLVE, Card, cards, suggested
from kata.practice.schedule.pace import Needed
from kata.practice.schedule.scheduling import Scheduled, scheduled
from kata.practice.schedule.tries import Try, tries


@dataclass(frozen=True)
class Deck:
    """What there is to practise, and what was practised; ``message`` is a sentence for the learner."""

    root: Path
    exercises: Sequence[Exercise]
    state: Progress
    entries: Sequence[Entry]
    tries: Sequence[Try]
    cards: Sequence[Card]
    needed: Needed
    message: str | None = None

    @property
    def scheduled(self) -> list[Scheduled]:
        """Return all cards with their days, the earliest first; of one day, the quick ones first."""
        found = [scheduled(card) for card in self.cards]
        return sorted(found, key=lambda each: (each.due, KINDS.index(each.card.kind)))

    def due(self, today: date) -> list[Scheduled]:
        """Return what is due today, or has been for some days, and what is begun."""
        return [each for each in self.scheduled if each.due <= today or self.is_begun(each.card)]

    def is_begun(self, card: Card) -> bool:
        """Say whether the exercise that a card asks for is put back, and not solved since."""
        return card.kind == SOLVE and card.exercise.id in self.state.again

    def after(self, today: date) -> date | None:
        """Return the next day on which something becomes due, if nothing new is solved before."""
        return next((each.due for each in self.scheduled if each.due > today), None)

    @property
    def unsolved(self) -> list[Exercise]:
        """Return the exercises that were never solved, or are not any more."""
        return [each for each in self.exercises if each.id not in self.state.solved]

    def to_rate(self) -> list[tuple[Exercise, str]]:
        """Return the exercises that were solved again, and not rated yet, with what the journal suggests."""
        known = {each.id: each for each in self.exercises}
        latest = {each.exercise: each for each in self.tries if each.exercise in known}
        return [
            (known[id_], suggested(each, known[id_].minutes))
            for id_, each in latest.items()
            if each.again and each.counts and each.rated is None
        ]


def read(root: Path, now: datetime | None = None) -> Deck:
    """Read the tree and the journal; nothing is written but what an earlier version had kept elsewhere.

    Raises:
        OSError: the journal cannot be read.
    """
    message = progress.settle(root)
    state = progress.load(root)
    exercises = catalog.find_all(root / "exercises")
    entries = journal.entries(root, now)
    done = tries(entries)
    found = cards(exercises, entries, root)
    return Deck(
        root,
        exercises,
        state,
        entries,
        done,
        # What is not solved any more, such as after its tests have changed, is not there to be solved again.
        [each for each in found if each.kind != SOLVE or each.exercise.id in state.solved],
        Needed(exercises, entries, done),
        message or state.message,
    )
