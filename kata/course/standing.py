"""Where a learner stands, and how what happened changes that: plain data, and two directions.

`follow` makes an entry of the journal take effect; `differences` says which notes lead from one standing
to another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kata.course.entries import Entry, Note
from kata.course.exercise import Exercise, Step

SOLVED, UNSOLVED = "solved", "unsolved"
MASTERED, UNMASTERED = "mastered", "unmastered"
RUN, HINT, AT, AGAIN = "run", "hint", "at", "again"


@dataclass
class Progress:
    """What is known of the learner's way.

    ``solved`` and ``mastered`` have ids of exercises (one without further steps is mastered as soon as it
    is solved, and need not be in the second), ``again`` those solved ones that are to be solved again,
    ``seen`` the state of each exercise's files when last looked at, ``failing`` the step of each exercise
    that failed last, ``reached`` how many of how many tests passed before that, and ``hints`` how many hints
    were shown for a step, by ``id/step``. ``current`` is the exercise of the last focused run.

    ``message`` is a sentence for the learner if it could not be read or saved. Of an ``unreadable`` one
    nothing is known, and nothing may take its place.
    """

    solved: set[str] = field(default_factory=set)
    mastered: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    reached: dict[str, tuple[int, int]] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    current: str | None = None
    message: str | None = None
    unreadable: bool = False

    @property
    def done(self) -> set[str]:
        """Return the ids of the exercises with nothing left to solve in them now."""
        return self.solved - self.again

    def step_at(self, exercise: Exercise) -> Step | None:
        """Return the step of an exercise that failed last, or its first; None if the README has it not."""
        number = self.failing.get(exercise.id, 1)
        return next((step for step in exercise.steps if step.number == number), None)

    def hints_shown(self, exercise: Exercise, step: Step) -> int:
        """Return how many hints were shown for a step."""
        return self.hints.get(_key(exercise.id, step.number), 0)

    def show_hints(self, exercise: Exercise, step: Step, everything: bool = False) -> None:
        """Note that one more hint of a step is shown, or all of them."""
        total = len(exercise.hints_of(step.number))
        shown = total if everything else min(self.hints_shown(exercise, step) + 1, total)
        self.hints[_key(exercise.id, step.number)] = shown

    def put_back(self, id_: str) -> None:
        """Let an exercise begin anew: it stays solved and mastered, and is to be solved once more.

        How far it was, and which hints were shown, belongs to the time before.
        """
        self.again.add(id_)
        self.failing.pop(id_, None)
        self.reached.pop(id_, None)
        for key in [key for key in self.hints if key.rpartition("/")[0] == id_]:
            del self.hints[key]

    def stars(self, exercises: Iterable[Exercise]) -> set[str]:
        """Return the ids of the exercises that are mastered."""
        return {
            exercise.id
            for exercise in exercises
            if exercise.id in self.solved
            and (exercise.id in self.mastered or not exercise.goes_further)
        }


def follow(state: Progress, entry: Entry | Note) -> None:
    """Let something that happened take effect; what concerns no standing, or cannot be right, has none."""
    id_, data = entry.exercise, entry.data
    if id_ is None:
        return
    match entry.what:
        case "solved":
            state.solved.add(id_)
            state.again.discard(id_)
        case "unsolved":
            state.solved.discard(id_)
        case "mastered":
            state.mastered.add(id_)
        case "unmastered":
            state.mastered.discard(id_)
        case "again":
            state.put_back(id_)
        case "at":
            state.current = id_
        case "hint":
            if (step := _number(data, "step")) is not None and (shown := _number(data, "shown")):
                state.hints[_key(id_, step)] = shown
        case "run":
            state.current = id_
            if (step := _number(data, "step")) is not None:
                state.failing[id_] = step
            passed, total = _number(data, "passed"), _number(data, "total")
            if passed is not None and total is not None:
                state.reached[id_] = passed, total


def differences(before: Progress, after: Progress) -> Iterator[Note]:
    """Yield the notes that lead from one standing to another, but for what was ``seen``."""
    for id_ in sorted(after.again - before.again):
        yield Note(AGAIN, id_)
    # What was to be solved again, and is not any more, has been.
    yield from (Note(SOLVED, id_) for id_ in sorted(_solved(before, after)))
    yield from (Note(UNSOLVED, id_) for id_ in sorted(before.solved - after.solved))
    yield from (Note(MASTERED, id_) for id_ in sorted(after.mastered - before.mastered))
    yield from (Note(UNMASTERED, id_) for id_ in sorted(before.mastered - after.mastered))
    for key, shown in sorted(after.hints.items()):
        id_, _, step = key.rpartition("/")
        if before.hints.get(key) != shown and id_ and step.isdecimal():
            yield Note(HINT, id_, {"step": int(step), "shown": shown})
    runs = list(_runs(before, after))
    yield from runs
    if after.current and (runs or after.current != before.current):
        yield Note(AT, after.current)


def _solved(before: Progress, after: Progress) -> set[str]:
    return (after.solved - before.solved) | (before.again - after.again) & after.solved


def _runs(before: Progress, after: Progress) -> Iterator[Note]:
    for id_ in sorted({*after.failing, *after.reached}):
        data: dict[str, Any] = {}
        if id_ in after.failing and after.failing[id_] != before.failing.get(id_):
            data["step"] = after.failing[id_]
        if id_ in after.reached and after.reached[id_] != before.reached.get(id_):
            data["passed"], data["total"] = after.reached[id_]
        if data:
            yield Note(RUN, id_, data)


def _key(id_: str, step: int) -> str:
    return f"{id_}/{step}"


def _number(data: Any, name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
