"""What practice came to, in one screen: a calendar of ten weeks, and bars."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kata.course.command import as_typed
from kata.practice.schedule.cards import HUNT, REHEARSE, SOLVE
from kata.practice.schedule.figures import Figures, OfExercise
from kata.terminal.review import WORDS, length

_WEEKS = 10
_BAR = 24

# From so many minutes on, a day looks like this; the marks differ without colors, too.
_MARKS = (
    (90, "█", "green"),
    (45, "▓", "green"),
    (15, "▒", "green"),
    (1, "░", "green"),
    (0, "·", "dim"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def page(found: Figures, today: date) -> RenderableType:
    """Return the calendar beside what it sums up, and below them the bars."""
    beside = Table.grid(padding=(0, 6, 0, 0))
    beside.add_row(calendar(found.days, today), Group(Text(), *_sums(found)))
    return Group(beside, Text(), _times(found), *_kept(found), Text(), _tiers(found))


def calendar(days: Mapping[date, int], today: date) -> Text:
    """Return the last ten weeks: a column for each, from Monday to Sunday, and what the marks mean."""
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    mondays = [monday + timedelta(weeks=n) for n in range(_WEEKS)]
    text = Text(f"    {_months(mondays)}\n", "dim", no_wrap=True)
    for number, name in enumerate(_DAYS):
        text.append(f"{name} ", "dim")
        for first in mondays:
            day = first + timedelta(days=number)
            mark, style = _mark(days.get(day, 0) // 60) if day <= today else (" ", "")
            text.append(f" {mark}", f"{style} reverse" if day == today else style)
        text.append("\n")
    text.append("    minutes: ░ 1  ▒ 15  ▓ 45  █ 90", "dim")
    return text


def as_data(found: Figures) -> dict[str, Any]:
    """Return the figures as plain data, for programs."""
    return {
        "days": {day.isoformat(): seconds for day, seconds in found.days.items()},
        "seconds": dict(found.kinds),
        "exercises": {
            each.id: {
                "minutes": each.minutes,
                "seconds": each.seconds,
                "runs": each.runs,
                "hints": each.hints,
                "times_solved": each.times_solved,
                "solved": each.solved,
            }
            for each in found.exercises
        },
        "reviews": {kind: {"kept": kept, "of": of} for kind, (kept, of) in found.kept.items()},
        "stuck": [{"exercise": id_, "step": step, "runs": runs} for id_, step, runs in found.stuck],
        "due": found.due,
        "interviews": found.interviews,
        "pace": round(found.pace, 2),
    }


def _months(mondays: list[date]) -> str:
    """Return the names of the months, each above the first week that begins in it."""
    line = ""
    for number, day in enumerate(mondays):
        begins = number == 0 or day.month != mondays[number - 1].month
        if begins and len(line) <= number * 2:
            line = f"{line:{number * 2}}{day:%b}"
    return line


def _mark(minutes: int) -> tuple[str, str]:
    return next((mark, style) for least, mark, style in _MARKS if minutes >= least)


def _sums(found: Figures) -> Iterator[Text]:
    total = sum(found.days.values())
    count = sum(seconds >= 60 for seconds in found.days.values())
    yield Text(f"{length(total // 60)} on {_counted(count, 'day')}", "bold")
    solved = sum(each.solved for each in found.exercises)
    yield Text(f"{solved} of {len(found.exercises)} solved")
    runs, hints = (
        sum(getattr(each, name) for each in found.exercises) for name in ("runs", "hints")
    )
    yield Text(f"{_counted(runs, 'try', 'tries')} · {_counted(hints, 'hint')}")
    yield Text(_counted(found.interviews, "interview"))
    yield Text(f"pace {found.pace:.1f}: minutes for a stated one")
    due = f"{found.due} due: kata review" if found.due else "nothing due"
    yield Text(as_typed(due))


def _times(found: Figures) -> RenderableType:
    grid = _grid()
    most = max(found.kinds.values(), default=0)
    for kind in (SOLVE, REHEARSE, HUNT):
        seconds = found.kinds.get(kind, 0)
        grid.add_row(kind, _bar(seconds, most, "cyan"), length(seconds // 60))
    return Group(Text("Time", "bold"), grid)


def _kept(found: Figures) -> Iterator[RenderableType]:
    if not found.kept:
        yield Text("Kept in mind: no review was due yet", "dim")
        return
    grid = _grid()
    for kind, (kept, of) in found.kept.items():
        share = f"{round(100 * kept / of)} % of {_counted(of, 'review')}"
        grid.add_row(WORDS[kind], _bar(kept, of, "green"), share)
    yield Text("Kept in mind", "bold")
    yield grid


def _tiers(found: Figures) -> RenderableType:
    grid = _grid()
    tiers: dict[str, list[OfExercise]] = {}
    for each in found.exercises:
        tiers.setdefault(each.tier, []).append(each)
    for tier, members in tiers.items():
        done = [each for each in members if each.solved]
        runs, hints = (sum(getattr(each, name) for each in members) for name in ("runs", "hints"))
        spent = length(sum(each.seconds for each in members) // 60)
        said = (
            f"{len(done)} of {len(members)} · {spent} · {_counted(runs, 'try', 'tries')} · "
            f"{_counted(hints, 'hint')}"
        )
        grid.add_row(tier, _bar(len(done), len(members), "green"), said)
    return Group(Text("Solved", "bold"), grid)


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=10, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    return grid


def _bar(part: int, whole: int, style: str) -> Text:
    filled = 0 if not part else max(1, round(part * _BAR / max(whole, 1)))
    return Text("█" * filled, style).append("░" * (_BAR - filled), "dim")


def _counted(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}s'}"
