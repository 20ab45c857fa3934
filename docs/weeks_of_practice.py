"""The weeks of practice that the recorded sessions begin with, and the day on which they are played.

All of it is written as the commands themselves write it, on days of the past: so the same is due each time
the sessions are played.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import time_machine

from kata.course import catalog, progress
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.course.standing import AT, HINT, MASTERED, RUN, SOLVED
from kata.practice.hunts.hunting import HUNTED
from kata.practice.interviews import concluding, marking, opening
from kata.practice.interviews.coding import TIME_UP
from kata.practice.interviews.interviewing import Result
from kata.practice.interviews.marking import StepReached
from kata.practice.interviews.rounds import CODE, QUESTION, Round
from kata.practice.talks import spoken
from kata.practice.talks.rehearsing import REHEARSED

Happening = Callable[[], object]

TODAY = datetime(2026, 5, 6, 18, 30, tzinfo=UTC)

# On which day before, at what minute of the evening, what was solved, in how many minutes, with how many hints.
_SOLVED = (
    (9, 0, "e01", 14, 1),
    (9, 16, "e02", 9, 0),
    (8, 0, "e03", 16, 2),
    (7, 5, "e04", 12, 0),
    (6, 0, "e05", 13, 1),
    (5, 0, "e06", 11, 0),
    (3, 10, "e07", 18, 2),
    (2, 0, "m01", 38, 2),
    (1, 0, "m02", 31, 1),
)
_MASTERED = ("e02", "e06")

# On which day before, what was rehearsed, how it was rated, in how many seconds, with how many points.
_REHEARSED = (
    (8, "e01", "good", 95, 4),
    (8, "e02", "easy", 60, 6),
    (7, "e03", "hard", 130, 3),
    (6, "e04", "good", 85, 5),
    (5, "e03", "good", 80, 5),
    (5, "e01", "good", 70, 6),
    (4, "e05", "again", 140, 2),
    (3, "e05", "good", 90, 5),
    (3, "e06", "easy", 75, 5),
    (2, "e03", "good", 70, 6),
    (2, "e04", "good", 75, 5),
    (1, "e07", "good", 90, 5),
)
_HUNTED = (
    (6, "e01", True, 170),
    (6, "e02", True, 130),
    (5, "e03", False, 320),
    (4, "e04", True, 240),
    (3, "e05", True, 205),
    (3, "e03", True, 180),
    (1, "e06", False, 260),
)

# How much of each round of an interview was reached.
_INTERVIEWS = (
    (6, 1203, "junior", 30, (0.5, 0.6, 0.5, 0.6)),
    (3, 2718, "junior", 30, (0.8, 0.6, 1.0, 0.8)),
)


# What an interpreter runs first; the one that is there before the environment lacks the package.
_SITE = """\
import contextlib
import time
from pathlib import Path


def ahead():
    return float(Path({ahead!r}).read_text())


with contextlib.suppress(ImportError):
    import time_machine

    time_machine.travel({today} + ahead(), tick=False).start()
    real = time.monotonic
    time.monotonic = lambda: real() / 20 + ahead()
"""


def write_weeks(root: Path) -> None:
    """Write the weeks before `TODAY` into the tree: code, journal and interviews."""
    exercises = catalog.find_all(root / "exercises")
    happened = [*_notes(root, exercises), *_interviews(root, exercises)]
    # The journal takes its lines in the order of time.
    for moment, what in sorted(happened, key=lambda each: each[0]):
        with time_machine.travel(moment, tick=False):
            what()


def write_elsewhere(other: Path, root: Path) -> None:
    """Write the journal of another machine, on which two questions were rehearsed."""
    exercises = catalog.find_all(root / "exercises")
    for minute, number in ((100, "e07"), (106, "m01")):
        note = _rehearsed(root, catalog.find(number, exercises), "good", 90, 4)
        with time_machine.travel(_evening(1, minute), tick=False):
            progress.note(other, note)


class Clock:
    """The clock that the commands of a session read: it begins at `TODAY`, and time is made to pass.

    Otherwise it goes slowly, so that the same seconds are shown each time a session is played.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the clock in a folder, with what lets an interpreter read it."""
        self._ahead = folder / "ahead"
        self._passed = 0
        self.pass_time(0)
        (folder / "site").mkdir()
        (folder / "site" / "sitecustomize.py").write_text(
            _SITE.format(ahead=str(self._ahead), today=TODAY.timestamp()), encoding="utf-8"
        )
        self.environment = {"PYTHONPATH": str(folder / "site"), "TZ": "UTC"}

    def pass_time(self, seconds: int) -> None:
        self._passed += seconds
        self._ahead.with_suffix(".new").write_text(str(self._passed), encoding="utf-8")
        self._ahead.with_suffix(".new").replace(self._ahead)


def _notes(root: Path, exercises: Sequence[Exercise]) -> Iterator[tuple[datetime, Happening]]:
    """Yield the moments at which something was solved, rehearsed or hunted, and what writes it down."""
    for days, minute, number, minutes, hints in _SOLVED:
        exercise = catalog.find(number, exercises)
        _solve(root, exercise)
        for after, note in _tries(exercise, minutes, hints):
            yield _evening(days, minute + after), partial(progress.note, root, note)
    for days, number, rating, seconds, said in _REHEARSED:
        note = _rehearsed(root, catalog.find(number, exercises), rating, seconds, said)
        yield _evening(days, 60), partial(progress.note, root, note)
    for days, number, found, seconds in _HUNTED:
        exercise = catalog.find(number, exercises)
        answers = sorted((root / "tests" / "answers" / exercise.id).glob("wrong_*.py"))
        said = {"answer": answers[0].stem, "found": found, "line": True, "cause": found}
        note = Note(HUNTED, exercise.id, {**said, "seconds": seconds})
        yield _evening(days, 75), partial(progress.note, root, note)


def _interviews(root: Path, exercises: Sequence[Exercise]) -> Iterator[tuple[datetime, Happening]]:
    for days, *how in _INTERVIEWS:
        yield _evening(days, 80), partial(_interview, root, exercises, *how)


def _evening(days: int, minute: int) -> datetime:
    return TODAY - timedelta(days=days) + timedelta(minutes=minute)


def _rehearsed(root: Path, exercise: Exercise, rating: str, seconds: int, said: int) -> Note:
    found = spoken.read(exercise, root / "solutions")
    points, asked = len(found.points), len(found.follow_ups)
    data = {"rating": rating, "seconds": seconds, "ticked": min(said, points), "points": points}
    return Note(REHEARSED, exercise.id, {**data, "followups": min(said, asked), "asked": asked})


def _solve(root: Path, exercise: Exercise) -> None:
    """Write the solution over the stub."""
    solution = exercise.within(root / "solutions")
    for file in exercise.learner_files():
        name = file.relative_to(exercise.folder)
        if (solution / name).is_file():
            file.write_bytes((solution / name).read_bytes())


def _tries(exercise: Exercise, minutes: int, hints: int) -> Iterator[tuple[int, Note]]:
    """Yield what a journal has of the way to the solution, each with the minutes since it began."""
    steps = [step.number for step in exercise.core]
    yield 0, Note(AT, exercise.id)
    for minute in range(3, minutes - 1, 4):
        step = steps[min(len(steps) - 1, len(steps) * minute // minutes)]
        run = {"step": step, "passed": 20 * minute // minutes, "total": 20}
        yield minute, Note(RUN, exercise.id, run)
    for shown in range(1, hints + 1):
        yield 3 + shown, Note(HINT, exercise.id, {"step": 1, "shown": shown})
    yield minutes, Note(SOLVED, exercise.id)
    if exercise.number in _MASTERED:
        yield minutes, Note(MASTERED, exercise.id)


def _interview(
    root: Path,
    exercises: Sequence[Exercise],
    seed: int,
    level: str,
    minutes: int,
    shares: Sequence[float],
) -> None:
    found = opening.begin(root, exercises, seed=seed, level=level, minutes=minutes)
    known = {each.id: each for each in exercises}
    for number, each in enumerate(found.state.rounds):
        found.end_round(_result(each, known[each.exercise], shares[min(number, len(shares) - 1)]))
    concluding.conclude(root, found, exercises)


def _result(round_: Round, exercise: Exercise, share: float) -> Result:
    """Return the result of a round of which so much was reached."""
    seconds = round(round_.minutes * 60 * (1.2 - share / 2))
    if round_.kind == QUESTION:
        said = {"ticked": round(5 * share), "points": 5, "followups": round(3 * share), "asked": 3}
        return marking.of_question({**said, "rating": "good"}, seconds, follow_ups=3)
    if round_.kind == CODE:
        steps = [
            StepReached(each.number, each.title, round(10 * share), 10) for each in exercise.core
        ]
        stated = exercise.minutes or 0
        said = {"runs": 6, "ended": TIME_UP, "files": {}}
        return marking.of_code(steps, seconds, stated=stated, **said)
    return marking.of_hunt({"found": share == 1, "line": share > 0.5, "cause": share == 1}, seconds)
