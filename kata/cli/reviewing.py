"""The commands of the schedule: what is due, solving again, the plan, and what it all came to."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kata.cli import words
from kata.course.command import as_typed

if TYPE_CHECKING:
    from kata.practice.schedule.deck import Deck

# A plan of more days than that is none.
_DAYS = 60


@click.command()
@click.option("--list", "only_list", is_flag=True, help="Show all that is due, and ask nothing.")
def review(only_list: bool) -> None:
    """Show what is due today, and begin with it: solve again, rehearse, hunt."""
    from kata.terminal import review as conversation
    from kata.terminal.prompt import Prompt

    if only_list:
        words.show(conversation.page(_deck(), conversation.today_here()))
        return
    try:
        conversation.review(words.ROOT, Prompt())
    except OSError as error:
        _unreadable(error)


@click.command()
@click.argument("exercise", required=False)
@click.option("--rate", is_flag=True, help="Say how well it went, of what was solved again.")
def again(exercise: str | None, rate: bool) -> None:
    """Bring the stub of a solved exercise back, to solve it again; ✓ and ★ stay."""
    from kata.course import backups
    from kata.practice.schedule import again as practice
    from kata.terminal import review as conversation

    if rate:
        if exercise:
            raise click.UsageError("`--rate` asks for all that was solved again; name none.")
        _rate()
        return
    found = words.find(exercise) if exercise else words.of_this_folder()
    if found is None:  # The one at hand is too easily another than one thinks.
        raise click.UsageError(as_typed("Name the exercise, for example: kata again e04"))
    try:
        change = practice.put_back(found, words.ROOT)
    except (practice.Refused, backups.NothingToDo) as reason:
        words.stop(str(reason))
    except OSError as error:
        words.stop(conversation.not_put_back(found, error), code=1)
    words.show(conversation.put_back_page(found, change, words.ROOT))


@click.command()
@click.option("--days", type=click.IntRange(1, _DAYS), help="Over so many days, today included; 5.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Up to the day before DATE."
)
@click.option("--hours", type=click.FloatRange(0.25, 24), metavar="H", help="So many hours a day.")
def plan(days: int | None, until: datetime | None, hours: float | None) -> None:
    """Lay what is unsolved and due over the days until an interview.

    Without --hours, a day takes as long as is needed. The minutes are the stated ones, at your own pace.
    """
    from kata.practice.schedule import figures, planning
    from kata.terminal import plan as table
    from kata.terminal.review import today_here

    if days and until:
        raise click.UsageError("Give --days or --until, not both.")
    today = today_here()
    count = (until.date() - today).days if until else days or 5
    if not 1 <= count <= _DAYS:
        raise click.UsageError(
            f"--until takes a day from tomorrow on, within {_DAYS} days: "
            f"{today + timedelta(days=1)} to {today + timedelta(days=_DAYS)}."
        )
    deck = _deck()
    minutes = int(hours * 60) if hours else None
    spent = figures.spent_on(deck, today)
    found = planning.plan(deck, [today + timedelta(days=n) for n in range(count)], spent, minutes)
    if deck.message:
        click.echo(as_typed(deck.message), err=True)
    words.show(table.page(found, deck.exercises, minutes))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def stats(as_json: bool) -> None:
    """Show time, hints, tries and what was kept in mind."""
    from kata.practice.schedule.figures import figures
    from kata.terminal import calendar
    from kata.terminal.review import today_here

    deck, today = _deck(), today_here()
    if deck.message:
        click.echo(as_typed(deck.message), err=True)
    found = figures(deck, today)
    if as_json:
        click.echo(json.dumps(calendar.as_data(found), indent=1))
    else:
        words.show(calendar.page(found, today))


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Add what happened on another machine: FILE is its folder, or its .kata/journal.jsonl."""
    from kata.course import journal, progress

    source = _journal(file)
    if source.resolve() == journal.file_in(words.ROOT).resolve():
        words.stop("That is the journal of this folder. Name that of another one.")
    try:
        added, message = progress.merge(words.ROOT, source)
    except ValueError as reason:
        words.stop(str(reason))
    except OSError as error:
        words.stop(
            f"{error.filename or source} cannot be used ({error.strerror}). Nothing was added."
        )
    if message:
        click.echo(as_typed(message), err=True)
    if not added:
        click.echo("Nothing was added: all of it is known here.")
        return
    click.echo(f"Added {added} {'entry' if added == 1 else 'entries'} from {source}.")
    click.echo(as_typed("Your code there is not copied. What is solved now: kata list"))


def _journal(file: Path) -> Path:
    """Return the journal that a path means: its own, or that of a folder."""
    for place in (file / ".kata" / "journal.jsonl", file / "journal.jsonl"):
        if place.is_file():
            return place
    if file.is_dir():
        words.stop(
            f"There is no .kata/journal.jsonl in {file}. It is written when something is run there."
        )
    return file


def _rate() -> None:
    from kata.terminal import review as conversation
    from kata.terminal.prompt import Left, Prompt

    try:
        if not conversation.rate(words.ROOT, Prompt()):
            click.echo(
                "Nothing waits for your word: that is asked once of each exercise solved again."
            )
    except Left:
        return
    except OSError as error:
        _unreadable(error)


def _deck() -> "Deck":
    from kata.practice.schedule import deck

    try:
        return deck.read(words.ROOT)
    except OSError as error:
        _unreadable(error)


def _unreadable(error: OSError) -> NoReturn:
    words.stop(
        f".kata/journal.jsonl cannot be read ({error.strerror}). To see what stands there: ls -la .kata",
        code=1,
    )
