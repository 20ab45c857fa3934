"""The commands for who writes exercises."""

import os
import sys
from pathlib import Path

import click

from kata.cli import words
from kata.course import catalog


@click.command()
@click.argument("tier", type=click.Choice(catalog.TIERS))
@click.argument("slug")
def new(tier: str, slug: str) -> None:
    """Start a new exercise. `kata verify` then lists what is left to write."""
    from kata.authors import scaffold

    try:
        exercise = scaffold.create(words.ROOT, tier, slug)
    except scaffold.NotCreated as error:
        raise click.UsageError(str(error)) from None
    for tree in ("exercises", "solutions"):
        click.echo(f"Made {exercise.within(Path(tree)).as_posix()}")
    click.echo(f"Made tests/answers/{exercise.id}")
    click.echo(f"What is left to write: kata verify {exercise.number}")


@click.command()
@click.argument("exercise", required=False)
@click.option("--as-edited", is_flag=True, help="Check the stubs as they are, not as shipped.")
def verify(exercise: str | None, as_edited: bool) -> None:
    """Check an exercise, or all, against the rules."""
    from kata.authors import packing
    from kata.authors import verify as rules
    from kata.terminal.console import make_console

    exercises = [words.find(exercise)] if exercise else words.exercises()
    try:
        verdict = rules.verify(exercises, words.ROOT, make_console(), as_edited=as_edited)
        old = list(packing.old(words.ROOT, exercises))
        if exercise is None:
            old += packing.old_pictures(words.ROOT)
    except OSError as error:
        words.stop(f"{error.filename} cannot be read: {error.strerror}", code=1)
    words.show(verdict)
    for sentence in old:
        click.echo(sentence)
    # An exercise is checked before it is packed; the whole is to be packed.
    sys.exit(0 if verdict.fine and (exercise or not old) else 1)


@click.command()
def pack() -> None:
    """Renew what `kata reset` restores from, and what the README shows of the exercises."""
    from kata.authors import packing

    try:
        written = packing.pack(words.ROOT)
    except packing.NotPacked as error:
        words.stop(str(error), code=1)
    for name in written:
        click.echo(f"Renewed {name}")
    click.echo(f"Packed {len(words.exercises())} exercises.")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the project's own tests on all processors; ARGUMENTS go to pytest."""
    os.chdir(words.ROOT)
    # Many wait for processes: more workers than processors pay. Some take seconds and most next to
    # none: who has nothing left takes from the others.
    workers = str(2 * (os.cpu_count() or 1))
    words.run_pytest(["tests", "-n", workers, "--dist", "worksteal", *arguments])
