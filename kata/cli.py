"""The ``kata`` command: words to functions, and exit codes.

Exit codes: 0 all is well, 1 a test or a check failed, 2 misuse; a run of pytest hands on pytest's own.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kata.course import catalog, progress
from kata.course.exercise import Exercise

if TYPE_CHECKING:
    from rich.console import RenderableType

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"

# A focused run needs no other plugins than ours, and the verdict comes sooner without them: those of
# other packages, and two of pytest that collect garbage, twice, to warn of what nobody would see.
FOCUSED = (
    *("--rootdir", str(ROOT), "-c", str(ROOT / "tox.ini"), "--focus"),
    *("--disable-plugin-autoload", "-p", "no:unraisableexception", "-p", "no:threadexception"),
)

_assume_yes = click.option("--yes", is_flag=True, help="Show it without asking.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Thirty Flask interview questions as thirty test-driven exercises.

    Without a command: watch the exercises in a terminal, else make one run. EXERCISE is an id, a
    number such as e04, a slug, or any part that names one exercise alone.
    """
    if context.invoked_subcommand is None:
        context.invoke(watch if _is_terminal() else run)


@main.command()
def watch() -> None:
    """Run the exercise at hand at every save."""
    if not _is_terminal():
        raise click.UsageError("`kata watch` needs a terminal. Without one: kata run")
    from kata.judge import (
        server,  # In this order: the warm process is forked before any thread starts.
    )

    warm = server.start(ROOT, list(FOCUSED))
    from kata.terminal import watch as watcher

    try:
        watcher.watch(ROOT, warm)
    except EOFError:
        _stop("The process that runs the tests has ended. Start again: kata watch", code=1)


@main.command()
@click.argument("exercise", required=False)
def run(exercise: str | None = None) -> None:
    """Run one exercise: EXERCISE, or the one saved last, or the first unsolved."""
    paths = [str(_find(exercise).folder)] if exercise else []
    _pytest([*FOCUSED, *paths])


@main.command()
@click.argument("exercise", required=False)
@click.option("--all", "everything", is_flag=True, help="Show every hint of the step.")
def hint(exercise: str | None, everything: bool) -> None:
    """Show the next hint for the step that fails now."""
    from kata.terminal import pages

    at_hand = _find(exercise) if exercise else _current(progress.load(ROOT))
    _print(pages.next_hint(at_hand, ROOT, everything))


@main.command("list")
def list_() -> None:
    """List the exercises: tier, state and question."""
    from kata.terminal import pages

    exercises = _exercises()
    state = progress.recover(ROOT)
    unsolved = [exercise for exercise in exercises if exercise.id not in state.solved]
    current = unsolved[0] if unsolved else None
    _print(pages.listing(exercises, state, current, cut=_has_width()))


@main.command()
@click.argument("exercise", required=False)
def show(exercise: str | None) -> None:
    """Show the README of an exercise."""
    from kata.terminal import pages

    _print(pages.document(_find(exercise).readme if exercise else _current(_progress()).readme))


@main.command()
@click.argument("exercise")
@_assume_yes
def diff(exercise: str, yes: bool) -> None:
    """Show your files against the reference solution."""
    from kata.terminal import pages
    from kata.terminal import screen as report

    found = _find(exercise)
    _ask_before_the_solution(found, yes)
    width = report.make_console(wide=True).width if _has_width() else None
    _print(pages.difference(found, SOLUTIONS, width), wide=True)


@main.command()
@click.argument("exercise")
@_assume_yes
def answer(exercise: str, yes: bool) -> None:
    """Show the model answer and the follow-up questions."""
    from kata.terminal import pages

    found = _find(exercise)
    _ask_before_the_solution(found, yes)
    _print(pages.answer(found, SOLUTIONS))


@main.command()
@click.argument("exercise")
def reset(exercise: str) -> None:
    """Bring the stub back, after storing your version."""
    _change("reset", exercise, "Your version is stored in {}. To have it back: kata undo {}")


@main.command()
@click.argument("exercise")
def undo(exercise: str) -> None:
    """Bring back what the last reset (or undo) replaced."""
    _change("undo", exercise, "What was there is stored in {}. To have that back: kata undo {}")


@main.command("solutions-branch")
def solutions_branch() -> None:
    """Make or update the git branch `solutions`, with the finished code in exercises/."""
    from kata.course import solutions_branch as branch

    try:
        commit = branch.update(ROOT)
    except branch.BranchError as error:
        _stop(str(error))
    click.echo(
        f"The branch {branch.BRANCH} is at {commit[:12]}. Compare: git diff {branch.BRANCH} -- exercises/hard"
    )


@main.command()
def doctor() -> None:
    """Check the set-up, and say what to do."""
    from kata.course import doctor as checks

    findings = checks.examine(ROOT)
    for finding in findings:
        click.echo(f"{'✓' if finding.fine else '✗'} {finding.sentence}")
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


@main.command()
@click.argument("exercise", required=False)
def verify(exercise: str | None) -> None:
    """Check an exercise, or all, against the rules; for authors."""
    from kata.authors import verify as rules
    from kata.terminal.screen import make_console

    exercises = [_find(exercise)] if exercise else _exercises()
    _print(verdict := rules.verify(exercises, ROOT, make_console()))
    sys.exit(0 if verdict.fine else 1)


@main.command()
@click.argument("tier", type=click.Choice(catalog.TIERS))
@click.argument("slug")
def new(tier: str, slug: str) -> None:
    """Start a new exercise; for authors. `kata verify` then lists what is left to write."""
    from kata.authors import scaffold

    try:
        exercise = scaffold.create(ROOT, tier, slug)
    except scaffold.NotCreated as error:
        raise click.UsageError(str(error)) from None
    click.echo(
        f"Made {exercise.folder.relative_to(ROOT)}. What is left to write: kata verify {exercise.number}"
    )


@main.command()
def pack() -> None:
    """Renew kata/shipped.zip, which `kata reset` restores from; for authors."""
    from kata.course import replacing, workspace

    replacing.replace(workspace.ARCHIVE, workspace.pack(ROOT))
    click.echo(f"Packed {len(_exercises())} exercises.")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the project's own tests on all processors; ARGUMENTS go to pytest."""
    os.chdir(ROOT)
    # Many wait for processes: more workers than processors pay. Some take seconds and most next to
    # none: who has nothing left takes from the others.
    workers = str(2 * (os.cpu_count() or 1))
    _pytest(["tests", "-n", workers, "--dist", "worksteal", *arguments])


def _change(what: str, word: str, then: str) -> None:
    from kata.course import backups

    exercise = _find(word)
    try:
        change = (backups.reset if what == "reset" else backups.undo)(exercise, ROOT)
    except backups.NothingToDo as reason:
        click.echo(str(reason))
        return
    except OSError as error:
        where = f": {os.path.relpath(error.filename, ROOT)}" if error.filename else ""
        _stop(
            f"{exercise.number} could not be changed ({error.strerror}{where}); nothing of yours is lost. "
            f"When that is put right: kata {what} {exercise.number}",
            code=1,
        )
    for file in change.files:
        click.echo(f"Restored {file.relative_to(ROOT)}")
    for file in change.removed:
        click.echo(f"Removed {file.relative_to(ROOT)}")
    for file, target in change.links:
        click.echo(f"{file.name} was a link to {target}, which is left as it is.")
    click.echo(then.format(change.backup.relative_to(ROOT), exercise.number))


def _ask_before_the_solution(exercise: Exercise, yes: bool) -> None:
    from kata.terminal import pages

    if yes or exercise.id in _progress().solved:
        return
    if not _is_terminal():
        raise click.UsageError(
            f"{exercise.number} is not solved yet; hints come first. To see it all the same: --yes"
        )
    click.confirm(pages.before_the_solution(exercise), abort=True)


def _exercises() -> list[Exercise]:
    return catalog.find_all(ROOT / "exercises")


def _find(word: str) -> Exercise:
    try:
        return catalog.find(word, _exercises())
    except catalog.UnknownExercise as error:
        raise click.UsageError(f"{error} To see all: kata list") from None


def _current(state: progress.Progress) -> Exercise:
    exercises = _exercises()
    return next((exercise for exercise in exercises if exercise.id == state.current), exercises[0])


def _progress() -> progress.Progress:
    """Read the progress; say beside the output if that could not be done."""
    state = progress.recover(ROOT)
    if state.message:
        click.echo(state.message, err=True)
    return state


def _print(page: "RenderableType", wide: bool = False) -> None:
    from kata.terminal.screen import make_console

    make_console(wide=wide).print(page, crop=False)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _has_width() -> bool:
    """Say whether lines have to fit: a pipe or a file takes them whole."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def _stop(sentence: str, code: int = 2) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


def _pytest(arguments: list[str]) -> NoReturn:
    import pytest

    sys.exit(pytest.main(arguments))
