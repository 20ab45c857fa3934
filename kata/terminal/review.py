"""What is due today, in the terminal: a table, and the way from it into what is to be done."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kata.course import backups, progress
from kata.course.command import as_typed
from kata.course.exercise import Exercise
from kata.practice.hunts.hunting import NothingToHunt
from kata.practice.schedule import again, deck
from kata.practice.schedule.cards import HUNT, REHEARSE, SOLVE
from kata.practice.schedule.deck import Deck
from kata.practice.schedule.scheduling import Scheduled
from kata.practice.talks import rehearsing
from kata.practice.talks.spoken import NotThere
from kata.practice.terms import RATINGS
from kata.terminal import hunt, rehearse
from kata.terminal.prompt import ENTER, Left, Prompt

WORDS = {REHEARSE: "rehearse", HUNT: "hunt", SOLVE: "again"}

# So many rows leave room for the rest of the screen.
_ROWS = 16


def review(root: Path, prompt: Prompt) -> None:
    """Show what is due, and go on with what the learner chooses, until nothing is due or they leave.

    Raises:
        OSError: the journal cannot be read.
    """
    try:
        rate(root, prompt)
        while True:
            today = today_here()
            found = deck.read(root)
            prompt.show(page(found, today, rows=_ROWS))
            due = found.due(today)
            if not due or not _go_on(root, prompt, found, due):
                return
    except Left:
        return


def rate(root: Path, prompt: Prompt) -> int:
    """Ask, once for each exercise that was solved again, how that went; return for how many.

    Raises:
        Left: the learner leaves.
        OSError: the journal cannot be read.
    """
    found = deck.read(root)
    asked = found.to_rate()
    for exercise, suggested in asked:
        done = [each for each in found.tries if each.exercise == exercise.id][-1]
        prompt.show(
            Text(f"{exercise.number} · {exercise.title}", "bold"),
            Text(
                f"Solved again in {_minutes(done.seconds // 60)}, with {_hints(done.hints)}. "
                f"How well did it go? That suggests: {suggested}."
            ),
        )
        key = prompt.choose({**{each[0]: each for each in RATINGS}, ENTER: "as suggested"})
        rating = next((each for each in RATINGS if each[0] == key), suggested)
        _say(prompt, again.rate(exercise, rating, root))
        prompt.show(Text(f"{exercise.number} is rated: {rating}.", "dim"), Text())
    return len(asked)


def page(found: Deck, today: date, rows: int | None = None) -> RenderableType:
    """Return the table of what is due, of at most so many rows; or when something is."""
    due = found.due(today)
    parts: list[RenderableType] = []
    if found.message:
        parts.append(Text(as_typed(found.message), "yellow"))
    if not due:
        return Group(*parts, *_nothing_due(found, today))
    table = Table(box=None, expand=True, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column("question", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("since", no_wrap=True)
    table.add_column("about", justify="right", no_wrap=True)
    total = 0
    for number, each in enumerate(due, 1):
        kind, exercise = each.card.kind, each.card.exercise
        minutes = found.needed.review(kind, exercise)
        total += minutes
        if rows is None or number <= rows:
            question = Text(exercise.title, no_wrap=True, overflow="ellipsis")
            since = "begun" if found.is_begun(each.card) else _since(each.due, today)
            named = Text(exercise.number, "bold")
            table.add_row(str(number), WORDS[kind], named, question, since, f"{minutes} min")
    parts.append(table)
    left = len(due) - (rows or len(due))
    more = f" · {left} more than shown: kata review --list" if left > 0 else ""
    parts.append(Text(as_typed(f"{len(due)} due, about {length(total)}{more}"), "dim"))
    return Group(*parts)


def put_back_page(exercise: Exercise, change: backups.Change | None, root: Path) -> RenderableType:
    """Return what putting an exercise back has done, and how to go on."""
    number = exercise.number
    lines = change.told(root) if change else [f"The stub of {number} is as it was shipped."]
    if change:
        stored = change.backup.relative_to(root)
        lines.append(f"Your solution is stored in {stored}")
        lines.append(f"To have it back: kata undo {number}")
    lines += [
        f"{number} counts as solved meanwhile. To solve it again: kata {number}",
        "Afterwards, kata review asks how it went.",
    ]
    return Text(as_typed("\n".join(lines)))


def today_here() -> date:
    """Return the day that it is for the learner."""
    return datetime.now().astimezone().date()


def length(minutes: int) -> str:
    """Say how long something takes, such as ``45 min`` or ``1 h 05 min``."""
    hours, rest = divmod(minutes, 60)
    return (
        f"{hours} h {rest:02} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
    )


def _nothing_due(found: Deck, today: date) -> list[RenderableType]:
    if not found.cards:
        said = "Nothing is due: what you solve comes up here some days later.\nTo begin: kata"
        return [Text(as_typed(said))]
    parts = ["Nothing is due today."]
    if (day := found.after(today)) is not None:
        count = sum(each.due == day for each in found.scheduled)
        when = (
            "tomorrow" if day == today + timedelta(days=1) else f"on {day:%A}, {day.day} {day:%B}"
        )
        parts.append(f"{count} {'is' if count == 1 else 'are'} due {when}.")
    parts.append("What you practice sooner changes no date, unless you rate it again.")
    return [Text(" ".join(parts))]


def _go_on(root: Path, prompt: Prompt, found: Deck, due: Sequence[Scheduled]) -> bool:
    """Do what the learner chooses; return whether they may do more after it, without leaving."""
    keys = {ENTER: "the first", **({"o": "another one"} if len(due) > 1 else {})}
    chosen = due[0]
    if prompt.choose(keys) == "o":
        chosen = due[_number(prompt, len(due)) - 1]
    kind, exercise = chosen.card.kind, chosen.card.exercise
    if kind != SOLVE:
        return _practice(root, prompt, kind, exercise)
    if found.is_begun(chosen.card):
        prompt.show(
            Text(as_typed(f"{exercise.number} is put back. To solve it: kata {exercise.number}"))
        )
        return False
    return _put_back(root, prompt, exercise)


def _practice(root: Path, prompt: Prompt, kind: str, exercise: Exercise) -> bool:
    """Rehearse a question or hunt a bug, and write down how that went."""
    try:
        if kind == REHEARSE:
            question = rehearsing.question(exercise, root / "solutions")
            note = rehearse.ask(prompt, question, "Rehearse").note
        else:
            note = hunt.ask(prompt, exercise, root).note
    except (NotThere, NothingToHunt) as missing:
        prompt.show(Text(as_typed(str(missing))))
        return False
    _say(prompt, progress.note(root, note))
    return True


def _say(prompt: Prompt, said: str | None) -> None:
    """Show what is to be said of a progress that could not be saved."""
    if said:
        prompt.show(Text(as_typed(said), "yellow"))


def _put_back(root: Path, prompt: Prompt, exercise: Exercise) -> bool:
    prompt.show(
        Text(
            f"To solve {exercise.number} again, its stub comes back; your solution is stored before."
        )
    )
    if prompt.choose({ENTER: "bring the stub back", "n": "something else"}) == "n":
        return True
    try:
        change = again.put_back(exercise, root)
    except (again.Refused, backups.NothingToDo) as reason:
        prompt.show(Text(as_typed(str(reason))))
    except OSError as error:
        prompt.show(Text(as_typed(not_put_back(exercise, error))))
    else:
        prompt.show(put_back_page(exercise, change, root))
    return False


def not_put_back(exercise: Exercise, error: OSError) -> str:
    """Return the sentence for a stub that could not be brought back."""
    return (
        f"The stub of {exercise.number} could not be brought back ({error.strerror}); nothing of yours is "
        f"lost. When that is put right: kata reset {exercise.number}"
    )


def _number(prompt: Prompt, count: int) -> int:
    while True:
        line = prompt.line(f"Which one, 1 to {count}?")
        if line.lower() == "q":
            raise Left
        if line.isdecimal() and 1 <= int(line) <= count:
            return int(line)


def _since(due: date, today: date) -> str:
    days = (today - due).days
    return "today" if days <= 0 else "1 day" if days == 1 else f"{days} days"


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"


def _hints(count: int) -> str:
    return "no hint" if not count else "1 hint" if count == 1 else f"{count} hints"
