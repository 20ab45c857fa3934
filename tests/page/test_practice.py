"""What is due, and what practice came to, as the journal has it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from kata.course import progress
from kata.course.entries import Note
from tests.page.conftest import HOME, TOKEN

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def past(project):
    """Have ten days of practice in the journal."""
    first = project.exercises[0].id
    began = NOW - timedelta(days=10)
    for minutes, what, data in [
        (0, "run", {"step": 1, "passed": 0, "total": 3}),
        (4, "run", {"step": 2, "passed": 1, "total": 3}),
        (9, "run", {"step": 2, "passed": 1, "total": 3}),
        (9, "hint", {"step": 2, "shown": 1}),
        (12, "solved", {}),
    ]:
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert progress.note(project.root, Note(what, first, data)) is None


def get(client, path: str = "/practice/") -> str:
    with time_machine.travel(NOW, tick=False):
        client.get(f"/?token={TOKEN}", base_url=HOME)  # A cookie of later on would not count.
        response = client.get(path, base_url=HOME)
    assert response.status_code == 200
    return " ".join(response.text.split())


def test_what_is_due_leads_to_it(client, past):
    page = get(client)

    assert 'href="/rehearse/e01/"' in page.partition("Due today")[2]
    assert '<span class="due">due</span>' in get(client, "/exercises/list")


def test_the_calendar_the_times_and_the_steps_are_those_of_the_journal(client, past):
    page = get(client)

    day = (NOW - timedelta(days=10)).date()
    assert f'title="{day}: 12 min"' in page
    assert "step 2: A name · 2 runs" in page
    assert "<td>3</td><td>1</td>" in page


def test_without_a_past_nothing_is_due(client):
    assert "Nothing is due today." in get(client)


def test_what_is_to_be_solved_again_is_put_back_after_it_was_stored(client, project, past, shipped):
    stub = project.stub(1).read_text()
    project.solve(1)
    mine = project.stub(1).read_text()

    with time_machine.travel(NOW, tick=False):
        client.get(f"/?token={TOKEN}", base_url=HOME)
        client.post("/practice/e01/again", base_url=HOME)

    assert project.stub(1).read_text() == stub
    [stored] = (project.root / ".kata/backups/e01_sample1").rglob("sample1.py")
    assert stored.read_text() == mine
    assert progress.load(project.root).again == {"e01_sample1"}
    assert "to be solved again" in get(client, "/exercises/list")
