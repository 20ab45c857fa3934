"""What the commands share: a word becomes an exercise, a page reaches the terminal, an end has a code."""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kata.course import catalog, progress
from kata.course.command import as_typed
from kata.course.exercise import Exercise

if TYPE_CHECKING:
    from rich.console import RenderableType

_NUMBER = re.compile(r"[emh]\d+")

ROOT = Path(__file__).resolve().parents[2]


def exercises() -> list[Exercise]:
    return catalog.find_all(ROOT / "exercises")


def find(word: str, *, or_command: bool = False) -> Exercise:
    """Return the exercise that a word or a path names.

    Raises:
        click.UsageError: it names none, or more than one.
    """
    path = Path(word)
    if (path.exists() or os.sep in word) and (named := _owner(path)):
        return named
    try:
        return catalog.find(word, exercises())
    except catalog.UnknownExercise as error:
        sentence = f"{error} To see all: kata list"
        if or_command and not _NUMBER.fullmatch(word):
            sentence += ". There is no command of that name, either: kata --help"
        raise click.UsageError(as_typed(sentence)) from None


def of_this_folder() -> Exercise | None:
    """Return the exercise in whose folder the command was given, if it was in one."""
    return _owner(Path.cwd())


def at_hand(state: progress.Progress) -> Exercise:
    """Return the exercise of this folder, else the one at hand, else the first unsolved."""
    known = exercises()
    current = [each for each in known if each.id == state.current]
    unsolved = [each for each in known if each.id not in state.done]
    return of_this_folder() or [*current, *unsolved, *known][0]


def say_which_tree() -> None:
    """Say which tree the commands work on, where they are given in another one."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if folder == ROOT:
            return
        if (folder / "kata" / "bootstrap.py").is_file() and (folder / "exercises").is_dir():
            python = "py" if os.name == "nt" else "python3"
            click.echo(
                f"This works on {ROOT}, whose environment is active. For the tree in {folder}: "
                f"deactivate, and there {python} -m kata",
                err=True,
            )
            return


def _owner(path: Path) -> Exercise | None:
    """Return the exercise that a path lies in: a stub, a folder, also one of the solutions."""
    place = path.resolve()
    for tree in (ROOT / "exercises", ROOT / "solutions"):
        for each in exercises():
            if place.is_relative_to(each.within(tree)):
                return each
    return None


def recovered_progress() -> progress.Progress:
    """Read the progress; say beside the output if that could not be done."""
    state = progress.recover(ROOT)
    if state.message:
        click.echo(state.message, err=True)
    return state


def show(page: "RenderableType", wide: bool = False, *, paged: bool = False) -> None:
    """Print a page; with ``paged``, in a pager if it is longer than the terminal."""
    from kata.terminal.console import make_console

    console = make_console(wide=wide)
    if not paged or not is_terminal():
        console.print(page, crop=False)
        return
    with console.capture() as capture:
        console.print(page, crop=False)
    text = capture.get()
    if text.count("\n") < console.height:
        click.echo(text, nl=False, color=True)
    else:
        os.environ.setdefault("LESS", "-R")  # So that colors are colors; click finds out by that.
        click.echo_via_pager(text)


def is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def has_width() -> bool:
    """Say whether lines have to fit: a pipe or a file takes them whole."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def stop(sentence: str, code: int = 2) -> NoReturn:
    click.echo(as_typed(sentence), err=True)
    sys.exit(code)


def run_pytest(arguments: list[str]) -> NoReturn:
    import pytest

    sys.exit(pytest.main(arguments))
