"""What an interview shows: its rounds, its report, and the way of several. Data in, words out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from kata.course.command import as_typed
from kata.practice.interviews.interview_page import number
from kata.practice.interviews.interview_report import NAMES, Line, Report
from kata.practice.interviews.interviewing import Interview, Result
from kata.practice.interviews.rounds import CODE, Round
from kata.practice.terms import clock
from kata.terminal import editor

_BAR = 20
_SPARKS = "▁▂▃▄▅▆▇█"

# How much of a report and of a history is shown: a terminal has 24 lines.
_REVISIONS = 3
_INTERVIEWS = 12


def opening(interview: Interview) -> RenderableType:
    """Return what an interview consists of, without what it asks."""
    state = interview.state
    table = Table.grid(padding=(0, 2, 0, 0))
    for place, round_ in enumerate(state.rounds):
        done = place < len(state.results)
        name, minutes = NAMES[round_.kind], f"{round_.minutes} minutes"
        table.add_row(Text("✓" if done else str(place + 1), "dim" if done else ""), name, minutes)
    return Group(
        Rule("Mock interview", align="left", style="bold"),
        Text(f"Level {state.level} · {interview.minutes} minutes · seed {state.seed}"),
        table,
        Text(
            "There are no hints and no solutions. Leave at any time with q: the clock stops, and you can go on "
            "later.",
            "dim",
        ),
    )


def after(round_: Round, result: Result | None) -> RenderableType:
    """Return the points of a round that is over; without a result, why there are none."""
    if result is None:
        said = f"What the round on {round_.exercise} needs is not here any more: it counts nothing."
        return Text(said, "yellow")
    points = f"{number(result.points)} of {result.of} points, in {clock(result.seconds)}"
    return Text(points, "bold")


def stopped(interview: Interview) -> str:
    done, total = len(interview.state.results), len(interview.state.rounds)
    return f"Stopped after {done} of {total} rounds; all is kept. To go on: kata interview"


def report(found: Report, page: Path) -> RenderableType:
    """Return the report of an interview; ``page`` is where it stands in full."""
    head = f"{number(found.points)} of {found.of} points · {clock(found.seconds)} of {found.given}:00 minutes"
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Round", no_wrap=True)
    table.add_column("Topic")
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Time", justify="right", no_wrap=True)
    for line in found.lines:
        table.add_row(
            line.name,
            _one_line(f"{line.number} · {line.title}"),
            f"{number(line.points)} of {line.of}",
            f"{clock(line.seconds)} of {line.minutes}:00",
        )
    parts: list[RenderableType] = [
        Rule("Report", align="left", style="bold"),
        Text(f"{head} · {found.level}, seed {found.seed}", "bold"),
        table,
        Text(f"{_shares(found.by_kind())} · {_shares(found.by_tier())}", "dim"),
        *(_steps(line) for line in found.lines if line.kind == CODE),
    ]
    if found.revise:
        parts += [Text(), Text("Revise first", "bold")]
        for each in found.revise[:_REVISIONS]:
            parts.append(_one_line(f"{each.number} · {each.why}"))
            parts.append(Text(as_typed(f"      {' · '.join(each.commands)}"), "cyan"))
    link = Style(link=editor.address(page.absolute()))
    parts += [
        Text(),
        Text("In full: ").append_text(Text(page.as_posix(), link, overflow="fold")),
        Text(as_typed(f"Once more: {found.again}"), "dim"),
    ]
    return Group(*parts)


def history(reports: Sequence[Report]) -> RenderableType:
    """Return the way of several interviews, the latest last."""
    shown = reports[-_INTERVIEWS:]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("When", "Level", "Time"):
        table.add_column(name, no_wrap=True)
    table.add_column("Points", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("Seed", justify="right", no_wrap=True)
    for each in shown:
        filled = round(each.share * _BAR)
        bar = Text("█" * filled, "green").append_text(Text("░" * (_BAR - filled), "dim"))
        points = f"{number(each.points)} of {each.of}"
        when = f"{each.at:%b} {each.at.day}, {each.at:%H:%M}"
        time = f"{each.seconds // 60} of {each.given} min"
        table.add_row(when, each.level, time, bar, points, str(each.seed))
    left_out = len(reports) - len(shown)
    parts: list[RenderableType] = [Rule("Interviews", align="left", style="bold"), table]
    if left_out:
        parts.append(Text(f"and {left_out} before these", "dim"))
    parts += [Text(), _way("All", [each.share for each in shown])]
    for name in NAMES.values():
        reached = [each.by_kind()[name] for each in shown if name in each.by_kind()]
        if shares := [points / of for points, of in reached if of]:
            parts.append(_way(name, shares))
    parts += [Text(), Text(as_typed("The last report: kata interview --report"), "dim")]
    return Group(*parts)


def _way(name: str, shares: Sequence[float]) -> Text:
    """Return shares as a line of small bars, with the first and the last in numbers."""
    sparks = "".join(_SPARKS[min(7, int(share * 8))] for share in shares)
    ends = dict.fromkeys([f"{shares[0]:.0%}", f"{shares[-1]:.0%}"])
    return Text(f"{name:<9} {sparks}  {' → '.join(ends)}")


def _shares(found: Mapping[str, tuple[float, int]]) -> str:
    return ", ".join(f"{name} {number(points)}/{of}" for name, (points, of) in found.items())


def _steps(line: Line) -> Text:
    steps = []
    for step in line.data.get("steps", ()):
        at = f" at {clock(step['done_at'])}" if step["done_at"] is not None else ""
        steps.append(f"step {step['number']} {step['passed']}/{step['total']}{at}")
    stated = f"(states {line.data['stated']} minutes)" if "stated" in line.data else ""
    return _one_line(f"{line.number}: {', '.join(steps) or 'no test ran'} {stated}".rstrip())


def _one_line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")
