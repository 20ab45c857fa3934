"""The commands that show the solutions."""

from pathlib import Path

import click

from kata.cli import words
from kata.course import workspace
from kata.course.exercise import Exercise

_assume_yes = click.option("--yes", is_flag=True, help="Show it without asking.")


@click.command()
@click.argument("exercise", required=False)
@_assume_yes
def diff(exercise: str | None, yes: bool) -> None:
    """Show your files against the reference solution."""
    from kata.terminal import pages
    from kata.terminal.console import make_console

    found = words.find(exercise) if exercise else words.at_hand(words.recovered_progress())
    _ask_first(found, yes)
    width = make_console(wide=True).width if words.has_width() else None
    words.show(pages.difference(found, _solutions(), width), wide=True, paged=True)


@click.command()
@click.argument("exercise", required=False)
@_assume_yes
def answer(exercise: str | None, yes: bool) -> None:
    """Show the model answer and the follow-up questions."""
    from kata.terminal import pages

    found = words.find(exercise) if exercise else words.at_hand(words.recovered_progress())
    _ask_first(found, yes)
    words.show(pages.answer(found, _solutions()), paged=True)


@click.command("solutions-branch")
def solutions_branch() -> None:
    """Make or update the git branch `solutions`, with the finished code in exercises/."""
    from kata.course import solutions_branch as branch

    try:
        commit = branch.update(words.ROOT)
    except branch.BranchError as error:
        words.stop(str(error))
    click.echo(f"The branch {branch.BRANCH} is at {commit[:12]}.")
    # Without the dashes git cannot tell the branch from the folder, and gives up.
    click.echo(f"To compare everything: git diff {branch.BRANCH} -- exercises")
    click.echo(f"To compare a tier:     git diff {branch.BRANCH} -- exercises/hard")


def _solutions() -> Path:
    return words.ROOT / "solutions"


def _ask_first(exercise: Exercise, yes: bool) -> None:
    """Ask before the solution of an unsolved exercise is shown; without a terminal, or a solution, stop."""
    from kata.terminal import pages

    if not workspace.has_solution(exercise, _solutions()):
        words.stop(pages.no_solution(exercise), code=1)
    if yes or exercise.id in words.recovered_progress().solved:
        return
    if not words.is_terminal():
        words.stop(
            f"{exercise.number} is not solved yet; hints come first: kata hint {exercise.number}. "
            "To see it all the same: --yes",
            code=1,
        )
    click.confirm(pages.before_the_solution(exercise), abort=True)
