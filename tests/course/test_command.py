"""Each command is named as it can be typed in this shell."""

import shutil
import sys

import pytest

from kata.course import command


@pytest.fixture
def unknown(monkeypatch):
    """Take the command `kata` off the path."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["/somewhere/kata/__main__.py"])


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("To see all: kata list", "To see all: python3 -m kata list"),
        ("Hints come first: `kata hint e01`", "Hints come first: `python3 -m kata hint e01`"),
        ("There is more: kata --help", "There is more: python3 -m kata --help"),
        ("Already said: python3 -m kata list", "Already said: python3 -m kata list"),
        ("In .kata and kata/course, a kata.", "In .kata and kata/course, a kata."),
    ],
)
@pytest.mark.usefixtures("unknown")
def test_where_the_shell_finds_no_command_it_is_python_that_starts_it(text, typed):
    assert command.as_typed(text) == typed


def test_where_the_shell_finds_it_it_has_its_name(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")

    assert command.as_typed("To see all: kata list") == "To see all: kata list"


@pytest.mark.usefixtures("unknown")
def test_a_command_that_was_started_by_its_path_keeps_it(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["../.venv/bin/kata", "list"])

    assert command.as_typed("To see all: kata list") == "To see all: ../.venv/bin/kata list"
