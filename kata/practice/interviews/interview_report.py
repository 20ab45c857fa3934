"""The report of an interview: points by round and topic, the time beside the stated one, what to revise first.

It is kept beside the state, as ``report.json``; of several, `find_all` tells the way.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kata.course import reading, replacing
from kata.course.catalog import TIERS
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.practice.interviews import marking
from kata.practice.interviews.interviewing import Interview, folder_of_all
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION
from kata.practice.terms import INTERVIEWED

NAMES = {QUESTION: "Question", HUNT: "Bug hunt", CODE: "Exercise"}

# What was reached to this share need not be revised.
_ENOUGH = 0.9

_LIMIT = 16_000_000
_VERSION = 1


@dataclass(frozen=True)
class Line:
    """A round and its result. ``minutes`` is what it was given, ``seconds`` what it took."""

    kind: str
    exercise: str
    number: str
    tier: str
    title: str
    minutes: int
    seconds: int
    points: float
    of: int
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return NAMES.get(self.kind, self.kind)

    @property
    def lost(self) -> float:
        return self.of - self.points


@dataclass(frozen=True)
class Revision:
    """Something to revise: why, and the commands that do it."""

    number: str
    title: str
    why: str
    commands: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All that there is to say of an interview once it is over."""

    id: str
    seed: int
    level: str
    minutes: int
    began: str
    lines: tuple[Line, ...]
    revise: tuple[Revision, ...]

    @property
    def points(self) -> float:
        return round(sum(line.points for line in self.lines), 1)

    @property
    def of(self) -> int:
        return sum(line.of for line in self.lines)

    @property
    def share(self) -> float:
        return self.points / self.of if self.of else 0.0

    @property
    def seconds(self) -> int:
        return sum(line.seconds for line in self.lines)

    @property
    def given(self) -> int:
        """Return the minutes that all rounds were given."""
        return sum(line.minutes for line in self.lines)

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.began)

    def by_kind(self) -> dict[str, tuple[float, int]]:
        """Return the points reached and possible, by the name of the kind of round."""
        return _sums((line.name, line) for line in self.lines)

    def by_tier(self) -> dict[str, tuple[float, int]]:
        """Return the points reached and possible, by tier."""
        tiered = [line for line in self.lines if line.tier in TIERS]
        return _sums((line.tier, line) for line in sorted(tiered, key=_tier))

    @property
    def again(self) -> str:
        """Return the command for the same interview."""
        return f"kata interview --seed {self.seed} --level {self.level} --minutes {self.minutes}"

    @property
    def note(self) -> Note:
        """Return what the journal keeps of it."""
        rounds = [
            {name: getattr(line, name) for name in ("kind", "exercise", "points", "of")}
            for line in self.lines
        ]
        data = {"interview": self.id, "points": self.points, "of": self.of, "rounds": rounds}
        return Note(INTERVIEWED, None, data)


def make(interview: Interview, exercises: Iterable[Exercise], solved: set[str]) -> Report:
    """Make the report of an interview; ``solved`` has the ids of the exercises that the learner has solved.

    An exercise that is no longer in the tree is named by its id.
    """
    known = {exercise.id: exercise for exercise in exercises}
    state = interview.state
    lines = []
    for round_, result in zip(state.rounds, state.results, strict=False):
        exercise = known.get(round_.exercise)
        lines.append(
            Line(
                kind=round_.kind,
                exercise=round_.exercise,
                number=round_.exercise.partition("_")[0],
                tier=exercise.tier if exercise else "",
                title=exercise.title if exercise else round_.exercise,
                minutes=round_.minutes,
                seconds=result.seconds,
                points=result.points,
                of=result.of,
                data=result.data,
            )
        )
    worst_first = sorted(lines, key=lambda line: -line.lost)
    revise = [_revision(line, solved) for line in worst_first if line.points < _ENOUGH * line.of]
    return Report(
        *(interview.id, state.seed, state.level, state.minutes, state.began),
        lines=tuple(lines),
        revise=tuple(revise),
    )


def write(report: Report, folder: Path) -> None:
    """Keep a report as data.

    Raises:
        OSError: that could not be done.
    """
    data = {"version": _VERSION, **asdict(report)}
    content = json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    replacing.replace(folder / "report.json", content)


def find_all(root: Path) -> list[Report]:
    """Return the reports that are kept, in order of time; what cannot be read as one is left out."""
    try:
        folders = sorted(folder_of_all(root).iterdir())
    except OSError:
        return []
    found = [report for folder in folders if (report := _read(folder)) is not None]
    return sorted(found, key=lambda report: report.at)


def _tier(line: Line) -> int:
    return TIERS.index(line.tier)


def _sums(lines: Iterable[tuple[str, Line]]) -> dict[str, tuple[float, int]]:
    found: dict[str, tuple[float, int]] = {}
    for name, line in lines:
        points, of = found.get(name, (0.0, 0))
        found[name] = round(points + line.points, 1), of + line.of
    return found


def _revision(line: Line, solved: set[str]) -> Revision:
    data, number = line.data, line.number
    match line.kind:
        case "question":
            why = marking.spoken(data)
            commands = [f"kata rehearse {number}"]
        case "hunt":
            why = marking.hunted(data)
            commands = [f"kata hunt {number}"]
        case _:
            steps = [s for s in data.get("steps", ()) if s["passed"] < s["total"]]
            why = f"not done: {', '.join(s['title'] for s in steps)}" if steps else "nothing ran"
            again = f"kata again {number}" if line.exercise in solved else f"kata {number}"
            commands = [again, f"kata hint {number}"]
    return Revision(number, line.title, why, tuple(commands))


def _read(folder: Path) -> Report | None:
    try:
        data = json.loads(reading.content(folder / "report.json", _LIMIT))
        if data.pop("version") != _VERSION:
            return None
        data["lines"] = tuple(Line(**each) for each in data["lines"])
        data["revise"] = tuple(
            Revision(**{**each, "commands": tuple(each["commands"])}) for each in data["revise"]
        )
        report = Report(**data)
        # Whoever shows it can count with it, and put it in order of time.
        assert report.at.tzinfo is not None
        assert report.share >= 0
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        AssertionError,
        RecursionError,
    ):
        return None
    return report
