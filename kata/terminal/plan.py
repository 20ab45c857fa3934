"""The plan for the days until an interview, as a table."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kata.course.command import as_typed
from kata.course.exercise import Exercise
from kata.practice.schedule.planning import AGAIN, INTERVIEW, NEW, Day, Item, Plan
from kata.terminal.review import length

# What each row is called, in the order in which a day goes.
_WORDS = {
    "rehearse": "rehearse",
    "hunt": "hunt",
    AGAIN: "again",
    NEW: "solve",
    INTERVIEW: "interview",
}
_REVIEWS = {"rehearse": "to rehearse", "hunt": "to hunt", AGAIN: "to solve again"}


def page(plan: Plan, exercises: Sequence[Exercise], given: int | None) -> RenderableType:
    """Return the plan; ``given`` are the minutes that the learner has for a day, if they said so."""
    table = Table(box=None, expand=True, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for number, day in enumerate(plan.days):
        for row in _rows(day, exercises, today=number == 0):
            table.add_row(*row)
    return Group(Text(_head(plan), "bold"), table, *_foot(plan, exercises, given))


def _head(plan: Plan) -> str:
    count = len(plan.days)
    days = "1 day" if count == 1 else f"{count} days"
    longest = length(max(day.minutes for day in plan.days))
    a_day = longest if count == 1 else f"at most {longest} a day"
    paced = "" if plan.pace == 1 else f" · your pace: {plan.pace:.1f} times the stated minutes"
    return f"{days}, {a_day}{paced}"


def _rows(
    day: Day, exercises: Sequence[Exercise], *, today: bool
) -> Iterator[tuple[Text, Text, Text, Text]]:
    """Yield a row for each kind of thing to do on a day, the first with its date.

    The kinds of review of another day share a row: five days have room in a terminal then.
    """
    name = Text(_short(day.day), "bold")
    reviews = {kind: [item for item in day.items if item.kind == kind] for kind in _REVIEWS}
    reviews = {kind: items for kind, items in reviews.items() if items}
    together = not today and len(reviews) > 1
    if not day.items:
        yield name, Text(), Text("nothing", "dim"), Text()
    if together:
        what = ", ".join(f"{len(items)} {_REVIEWS[kind]}" for kind, items in reviews.items())
        minutes = sum(item.minutes for items in reviews.values() for item in items)
        yield name, Text("review"), Text(what), Text(length(minutes), "dim")
        name = Text()
    for kind, word in _WORDS.items():
        items = [item for item in day.items if item.kind == kind]
        if items and not (together and kind in _REVIEWS):
            what = "kata interview" if kind == INTERVIEW else spans(items, exercises)
            minutes = sum(item.minutes for item in items)
            yield name, Text(word), Text(as_typed(what)), Text(length(minutes), "dim")
            name = Text()


def _foot(plan: Plan, exercises: Sequence[Exercise], given: int | None) -> Iterator[RenderableType]:
    yield Text()
    if plan.left:
        yield Text("Not in it", "yellow")
        table = Table(box=None, expand=True, padding=(0, 2, 0, 0), show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        for kind, word in _WORDS.items():
            items = [item for item in plan.left if item.kind == kind]
            if items:
                minutes = length(sum(item.minutes for item in items))
                table.add_row(word, spans(items, exercises), Text(minutes, "dim"))
        yield table
        hours = f"kata plan --hours {plan.enough / 60:g}"
        yield Text(as_typed(f"All of it would take {length(plan.enough)} a day: {hours}"))
    elif given is not None and plan.minutes < given:
        yield Text(f"{length(plan.minutes)} a day are enough.")
    yield Text("The plan assumes that all goes well; make it anew each day.", "dim")
    yield Text(as_typed(f"To begin: {_first_command(plan.days[0])}"), "dim")


def _first_command(day: Day) -> str:
    first = day.items[0].kind if day.items else NEW
    return {NEW: "kata", INTERVIEW: "kata interview"}.get(first, "kata review")


def spans(items: Sequence[Item], exercises: Sequence[Exercise]) -> str:
    """Return the numbers of exercises, three or more in a row as one span."""
    wanted = {item.exercise for item in items}
    runs: list[list[str]] = [[]]
    tier = None
    for each in exercises:
        if each not in wanted or each.tier != tier:
            runs.append([])
        if each in wanted:
            runs[-1].append(each.number)
        tier = each.tier
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs if run]
    return ", ".join(parts)


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
