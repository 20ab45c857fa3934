"""The commands with which exercises are solved."""

import os

import click

from kata.cli import words
from kata.course import progress
from kata.course.command import as_typed


@click.command()
@click.argument("exercise", required=False)
@click.option("--no-editor", is_flag=True, help="Open no file in the editor of this terminal.")
def watch(exercise: str | None = None, no_editor: bool = False) -> None:
    """Run EXERCISE, or the one at hand, at every save."""
    at = words.find(exercise) if exercise else words.of_this_folder()
    if not words.is_terminal():
        raise click.UsageError("`kata watch` needs a terminal. Without one: kata run")
    from kata.judge import (
        server,  # In this order: the warm process is forked before any thread starts.
    )

    warm = server.start(words.ROOT, _focused())
    from kata.terminal import watch as watcher

    try:
        watcher.watch(words.ROOT, warm, at, opens=not no_editor)
    except EOFError:
        words.stop("The process that runs the tests has ended. Start again: kata watch", code=1)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port.")
@click.option("--no-browser", is_flag=True, help="Only say the address.")
@click.option("-v", "--verbose", is_flag=True, help="Log each request.")
def page(port: int | None, no_browser: bool, verbose: bool) -> None:
    """Show the same in a browser: tasks, verdicts at every save, comparison."""
    from kata.judge import server  # Forked before any thread starts.

    warm = server.start(words.ROOT, _focused())
    from kata.page import serving

    def say(address: str) -> None:
        click.echo(f"The page is at {address}\nCtrl-C ends it.")

    try:
        serving.serve(words.ROOT, warm, port, say, opens=not no_browser, verbose=verbose)
    except OSError as error:
        words.stop(
            f"The page cannot be served ({error.strerror}). Another port: kata page --port 8000",
            code=1,
        )


@click.command()
@click.argument("exercise", required=False)
def run(exercise: str | None = None) -> None:
    """Run one exercise: EXERCISE, or the one saved last, or the one at hand, or the first unsolved."""
    named = words.find(exercise) if exercise else words.of_this_folder()
    words.run_pytest([*_focused(), *([str(named.folder)] if named else [])])


@click.command()
@click.argument("exercise", required=False)
@click.option("--all", "everything", is_flag=True, help="Show every hint of the step.")
def hint(exercise: str | None, everything: bool) -> None:
    """Show the next hint for the step that fails now."""
    from kata.terminal import pages

    at_hand = words.find(exercise) if exercise else words.at_hand(progress.load(words.ROOT))
    words.show(pages.next_hint(at_hand, words.ROOT, everything))


@click.command("list")
def list_() -> None:
    """List the exercises: tier, state and question."""
    from kata.terminal import pages

    exercises = words.exercises()
    state = progress.recover(words.ROOT)
    at_hand = words.at_hand(state)
    unsolved = [each for each in exercises if each.id not in state.done]
    current = at_hand if at_hand in unsolved else next(iter(unsolved), None)
    words.show(pages.listing(exercises, state, current, cut=words.has_width()))


@click.command()
@click.argument("exercise", required=False)
def show(exercise: str | None) -> None:
    """Show the README of an exercise."""
    from kata.terminal import pages

    found = words.find(exercise) if exercise else words.at_hand(words.recovered_progress())
    words.show(pages.document(found.readme), paged=True)


@click.command()
@click.argument("exercise", required=False)
def reset(exercise: str | None) -> None:
    """Bring the stub back, after storing your version."""
    _change("reset", exercise, "Your version is stored in {}. To have it back: kata undo {}")


@click.command()
@click.argument("exercise", required=False)
def undo(exercise: str | None) -> None:
    """Bring back what the last reset (or undo) replaced."""
    _change("undo", exercise, "What was there is stored in {}. To have that back: kata undo {}")


def _focused() -> list[str]:
    """Return the options of a focused run."""
    from kata.judge.environment import NO_OTHER_PLUGINS

    place = ("--rootdir", str(words.ROOT), "-c", str(words.ROOT / "tox.ini"))
    return [*place, "--focus", *NO_OTHER_PLUGINS]


def _change(what: str, word: str | None, then: str) -> None:
    from kata.course import backups

    exercise = words.find(word) if word else words.of_this_folder()
    if exercise is None:  # The one at hand is too easily another than one thinks.
        raise click.UsageError(as_typed(f"Name the exercise, for example: kata {what} e04"))
    try:
        change = (backups.reset if what == "reset" else backups.undo)(exercise, words.ROOT)
    except backups.NothingToDo as reason:
        click.echo(str(reason))
        return
    except OSError as error:
        where = f": {os.path.relpath(error.filename, words.ROOT)}" if error.filename else ""
        words.stop(
            f"{exercise.number} could not be changed ({error.strerror}{where}); nothing of yours is lost. "
            f"When that is put right: kata {what} {exercise.number}",
            code=1,
        )
    for line in change.told(words.ROOT):
        click.echo(line)
    click.echo(as_typed(then).format(change.backup.relative_to(words.ROOT), exercise.number))
