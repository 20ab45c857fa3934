"""The command that holds a bug hunt."""

import click

from kata.cli import words
from kata.course.command import as_typed


@click.command()
@click.argument("exercise", required=False)
@click.option("--seed", type=int, help="Choose the case by this number.")
def hunt(exercise: str | None, seed: int | None) -> None:
    """Review a colleague's pull request for EXERCISE, else for one you have solved.

    Name the line that is wrong and what happens there, or say that nothing is. Then the tests show it.
    """
    found = words.find(exercise) if exercise else words.of_this_folder()
    from kata.practice.hunts.hunting import NothingToHunt
    from kata.terminal.hunt import hunt as hold
    from kata.terminal.prompt import Left, Prompt

    try:
        hold(words.ROOT, found, Prompt(), seed)
    except NothingToHunt as reason:
        words.stop(str(reason))
    except (Left, KeyboardInterrupt):
        click.echo(as_typed("\nLeft: nothing is written down, and the case stays open."))
