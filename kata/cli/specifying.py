"""The command with which a learner writes the tests of an exercise."""

import os
import sys

import click

from kata.cli import words
from kata.course import progress


@click.command()
@click.argument("exercise", required=False)
@click.option(
    "--hint", is_flag=True, help="Say what one more wrong answer that is alive does wrong."
)
def specify(exercise: str | None, hint: bool) -> None:
    """Write the tests of an exercise yourself, and see which wrong answers they catch."""
    from kata.practice.specs.specifying import NothingToJudge, place
    from kata.terminal.prompt import Prompt
    from kata.terminal.specify import converse

    found = words.find(exercise) if exercise else words.at_hand(progress.load(words.ROOT))
    if not hasattr(os, "fork"):
        words.stop("`kata specify` needs a system that forks processes: on Windows, take WSL.")
    try:
        done = converse(found, words.ROOT, Prompt(), hint=hint, keys=words.is_terminal())
    except NothingToJudge as reason:
        words.stop(str(reason))
    except OSError as error:
        where = os.path.relpath(error.filename or place(found, words.ROOT), words.ROOT)
        words.stop(f"{where} cannot be read or made ({error.strerror}).")
    sys.exit(0 if done else 1)
