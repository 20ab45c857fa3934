"""The commands with which the spoken answers are rehearsed, and read."""

import sys
from pathlib import Path

import click

from kata.cli import words
from kata.course.catalog import TIERS

_tier = click.option("--tier", type=click.Choice(TIERS), help="Only the questions of this tier.")


@click.command()
@click.argument("exercise", required=False)
@_tier
@click.option(
    "-n", "count", type=click.IntRange(min=1), help="So many questions; 3, if none is named."
)
def rehearse(exercise: str | None, tier: str | None, count: int | None) -> None:
    """Answer questions aloud, by the clock, and compare with the model answer.

    Without EXERCISE come the questions that were never rehearsed, then those rehearsed longest ago.
    No code is needed for it: an exercise may still be unsolved.
    """
    from kata.course import journal, progress
    from kata.practice.talks import rehearsing, spoken
    from kata.terminal import rehearse as conversation
    from kata.terminal.prompt import Prompt

    if exercise and tier:
        raise click.UsageError("Name an exercise or a tier, not both.")
    first = words.find(exercise) if exercise else None if tier or count else words.of_this_folder()
    members = [each for each in words.exercises() if tier in (None, each.tier)]
    words.recovered_progress()
    try:
        happened = journal.entries(words.ROOT)
    except OSError:  # That was just said; and one may rehearse all the same.
        happened = []
    try:
        questions = rehearsing.questions(
            members, words.ROOT / "solutions", happened, count or (1 if first else 3), first
        )
    except spoken.NotThere as missing:
        words.stop(str(missing))
    conversation.rehearse(
        Prompt(), questions, lambda result: progress.note(words.ROOT, result.note)
    )


@click.command()
@_tier
@click.option("--html", is_flag=True, help="A page to print, instead of Markdown.")
@click.option("-o", "file", type=click.Path(path_type=Path), help="Write to FILE.", metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if there is one.")
def cheatsheet(tier: str | None, html: bool, file: Path | None, force: bool) -> None:
    """Print all spoken answers and follow-up questions as one document."""
    from kata.practice.talks import cheatsheet as document
    from kata.practice.talks import rehearsing, spoken

    if force and file is None:
        raise click.UsageError("`--force` replaces a file; name it with -o FILE.")
    members = [each for each in words.exercises() if tier in (None, each.tier)]
    try:
        questions = rehearsing.questions(members, words.ROOT / "solutions", (), len(members))
    except spoken.NotThere as missing:
        words.stop(str(missing))
    text = document.html(questions) if html else document.markdown(questions)
    if file is None:
        # A file or a program gets UTF-8, which the page says of itself; a terminal, what it can show.
        click.echo(text if sys.stdout.isatty() else text.encode(), nl=False)
        return
    try:
        with file.open("wb" if force else "xb") as stream:
            stream.write(text.encode())
    except FileExistsError:
        words.stop(f"{file} exists already. Choose another name, or add --force to replace it.")
    except OSError as error:
        words.stop(f"{file} cannot be written ({error.strerror}). Choose another name after -o.")
    click.echo(f"{file} has {len(questions)} questions.")
