"""What the commands share: a word becomes an exercise, a page reaches the terminal, an end has a code."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kata.course import catalog, progress
from kata.course.exercise import Exercise

if TYPE_CHECKING:
    from rich.console import RenderableType

ROOT = Path(__file__).resolve().parents[2]


def exercises() -> list[Exercise]:
    return catalog.find_all(ROOT / "exercises")


def find(word: str) -> Exercise:
    """Return the exercise that a word names.

    Raises:
        click.UsageError: it names none, or more than one.
    """
    try:
        return catalog.find(word, exercises())
    except catalog.UnknownExercise as error:
        raise click.UsageError(f"{error} To see all: kata list") from None


def current(state: progress.Progress) -> Exercise:
    """Return the exercise at hand."""
    known = exercises()
    return next((exercise for exercise in known if exercise.id == state.current), known[0])


def recovered_progress() -> progress.Progress:
    """Read the progress; say beside the output if that could not be done."""
    state = progress.recover(ROOT)
    if state.message:
        click.echo(state.message, err=True)
    return state


def show(page: "RenderableType", wide: bool = False) -> None:
    from kata.terminal.screen import make_console

    make_console(wide=wide).print(page, crop=False)


def is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def has_width() -> bool:
    """Say whether lines have to fit: a pipe or a file takes them whole."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def stop(sentence: str, code: int = 2) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


def run_pytest(arguments: list[str]) -> NoReturn:
    import pytest

    sys.exit(pytest.main(arguments))
