"""A learner's desk: a small project with all that practice needs, and a past that is told in one line each.

And a page of HTML, read strictly.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from click.testing import CliRunner, Result

from kata import cli
from kata.cli import words
from kata.course import command, progress, workspace
from kata.course.entries import Note
from kata.practice.schedule import deck
from kata.practice.schedule.deck import Deck

VOID = {"meta", "br", "hr", "img", "link"}

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)  # A Monday.


class Desk:
    """The project, and its clock: ``now`` moves on by so many minutes or days."""

    def __init__(self, project) -> None:
        self.project = project
        self.root = project.root
        self.now = MORNING

    def note(self, what: str, n: int, minutes: float = 0, **data: object) -> None:
        """Write down that something happened to the n-th exercise, so many minutes after what was before."""
        self.now += timedelta(minutes=minutes)
        with time_machine.travel(self.now, tick=False):
            said = progress.note(self.root, Note(what, self.project.exercises[n - 1].id, data))
        assert said is None

    def solve(self, n: int, minutes: float = 8, *, again: bool = False) -> None:
        """Solve the n-th exercise in so many minutes, without hints."""
        self.note("again" if again else "run", n)
        self.note("run", n, minutes / 2)
        self.note("solved", n, minutes / 2)

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    @property
    def today(self) -> date:
        return self.now.date()

    def deck(self) -> Deck:
        with time_machine.travel(self.now, tick=False):
            return deck.read(self.root)

    def due(self) -> list[tuple[str, str]]:
        """Return the kind and the number of what is due."""
        return [(each.card.kind, each.card.exercise.number) for each in self.deck().due(self.today)]

    def kata(self, words: str, answers: str = "") -> Result:
        """Run a command, with these lines for its questions."""
        with time_machine.travel(self.now, tick=False):
            result = CliRunner().invoke(cli.main, words.split(), input=answers)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result


@pytest.fixture
def make_desk(make_project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Desk]:
    """Return a function that makes a desk with so many exercises, of which some go further."""

    def make_desk(count: int, *further: int) -> Desk:
        project = make_project(count)
        for n in further:
            project.extend(n)
        monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
        workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
        for n in range(1, count + 1):
            test = "test_the_page_greets"
            project.keep(n, "wrong_loud", "Shout.", '"Hello"', '"HELLO"', caught_by=test)
        monkeypatch.setattr(words, "ROOT", project.root)
        monkeypatch.setattr(command, "name", lambda: "kata")
        monkeypatch.chdir(project.root)
        monkeypatch.setenv("COLUMNS", "80")
        return Desk(project)

    return make_desk


@pytest.fixture
def desk(make_desk) -> Desk:
    """Return a desk with three exercises, none of them solved."""
    return make_desk(3)


class Page(HTMLParser):
    """What a page holds: its text, its attributes; it fails where tags do not fit."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def values(self, *names: str) -> list[str]:
        return [value for _, attrs in self.seen for name, value in attrs.items() if name in names]

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.seen}


@pytest.fixture(scope="session")
def read_page():
    """Return a function that reads a page of HTML."""
    return Page
