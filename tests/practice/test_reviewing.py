"""The commands of the schedule, as a learner types them."""

import json
import shutil
from datetime import timedelta

import pytest

from kata.course import journal, progress


def lines(output: str) -> list[str]:
    return [" ".join(line.split()) for line in output.splitlines()]


@pytest.fixture
def due(desk):
    """Return a desk on which two exercises were solved long ago."""
    desk.project.solve(1)
    desk.solve(1)
    desk.solve(2, 18)
    desk.later(20)
    return desk


def test_what_is_due_is_a_table_that_fits_a_terminal(due):
    shown = due.kata("review --list")

    assert shown.exit_code == 0
    assert lines(shown.output) == [
        "question since about",
        "1 rehearse e01 How does sample 1 greet? 19 days 4 min",
        "2 rehearse e02 How does sample 2 greet? 19 days 4 min",
        "3 hunt e01 How does sample 1 greet? 17 days 5 min",
        "4 hunt e02 How does sample 2 greet? 17 days 5 min",
        "5 again e02 How does sample 2 greet? 16 days 7 min",
        "6 again e01 How does sample 1 greet? 4 days 7 min",
        "6 due, about 32 min",
    ]
    assert max(map(len, shown.output.splitlines())) <= 80


def test_from_the_table_an_exercise_is_put_back(due):
    shown = due.kata("review", "o\n9\n6\n\n")

    assert shown.exit_code == 0
    assert "Enter the first · o another one · q leave" in shown.output
    assert (
        "To solve e01 again, its stub comes back; your solution is stored before." in shown.output
    )
    assert "To solve it again: kata e01" in " ".join(shown.output.split())
    assert progress.load(due.root).again == {"e01_sample1"}


def test_from_the_table_a_question_is_rehearsed_and_then_the_next_is_first(due):
    shown = due.kata("review", "\n\nall\n\ny\n\ny\ng\nq\n")

    assert "3 of 3 points. Nothing is missing." in shown.output
    assert "5 due, about 28 min" in shown.output
    assert due.due()[0] == ("rehearse", "e02")
    assert [each.exercise for each in due.deck().entries if each.what == "rehearsed"] == [
        "e01_sample1"
    ]


def test_from_the_table_a_bug_is_hunted(due):
    shown = due.kata("review", "o\n3\nn\nq\n")

    assert "pull request for e01" in shown.output
    assert "5 due, about 27 min" in shown.output
    # What came may be wrong or right: chance decides.
    assert [each.exercise for each in due.deck().entries if each.what == "hunted"] == [
        "e01_sample1"
    ]
    assert ("hunt", "e01") not in due.due()


@pytest.mark.parametrize("answers", ["q\n", "", "o\nq\n", "o\n6\nq\n", "o\n6\nn\nq\n"])
def test_whoever_leaves_has_changed_nothing(due, answers):
    before = journal.file_in(due.root).read_bytes()

    assert due.kata("review", answers).exit_code == 0
    assert journal.file_in(due.root).read_bytes() == before


def test_of_many_a_screen_is_shown_and_the_rest_on_request(make_desk):
    desk = make_desk(7)
    for n in range(1, 8):
        desk.solve(n)
    desk.later(20)

    assert "21 due, about 1 h 52 min · 5 more than shown: kata review --list" in " ".join(
        desk.kata("review").output.split()
    )
    assert len(lines(desk.kata("review").output)) < 24
    assert len(lines(desk.kata("review --list").output)) == 23


def test_where_nothing_is_due_it_says_when_something_is(desk):
    assert lines(desk.kata("review").output) == [
        "Nothing is due: what you solve comes up here some days later.",
        "To begin: kata",
    ]
    desk.solve(1)
    assert "Nothing is due today. 1 is due tomorrow." in desk.kata("review").output
    desk.note("rehearsed", 1, rating="easy")
    assert "1 is due on Thursday, 5 March." in desk.kata("review").output


def test_the_plan_is_a_table_that_fits_a_terminal(due):
    shown = due.kata("plan --hours 1 --days 2")

    assert shown.exit_code == 0
    assert max(map(len, shown.output.splitlines())) <= 80
    assert lines(shown.output)[:6] == [
        "2 days, at most 49 min a day · your pace: 0.5 times the stated minutes",
        "Sun 22 Mar rehearse e01, e02 8 min",
        "hunt e01, e02 10 min",
        "again e01, e02 14 min",
        "solve e03 13 min",
        "Mon 23 Mar rehearse e03 4 min",
    ]


def test_the_reviews_of_a_later_day_share_a_row(make_desk):
    desk = make_desk(7)
    for n in range(1, 5):
        desk.solve(n)

    shown = lines(desk.kata("plan --days 5").output)

    assert "Tue 3 Mar rehearse e01 to e07 28 min" in shown
    assert "Thu 5 Mar review 7 to rehearse, 7 to hunt 1 h 03 min" in shown


def test_a_plan_says_what_does_not_fit_and_what_it_would_take(due):
    shown = lines(due.kata("plan --hours 0.5 --days 1").output)

    assert shown[shown.index("Not in it") :] == [
        "Not in it",
        "rehearse e01, e02 8 min",
        "hunt e01, e02 10 min",
        "again e01, e02 14 min",
        "solve e03 13 min",
        "All of it would take 1 h 30 min a day: kata plan --hours 1.5",
        "The plan assumes that all goes well; make it anew each day.",
        "To begin: kata interview",
    ]


@pytest.mark.parametrize(
    "options",
    ["--days 0", "--until 2026-03-02", "--until soon", "--hours 0", "--days 3 --until 2026-03-09"],
)
def test_a_plan_of_no_days_is_refused(desk, options):
    assert desk.kata(f"plan {options}").exit_code == 2


def test_a_plan_writes_nothing_down(due):
    before = journal.file_in(due.root).read_bytes()
    due.kata("plan")

    assert journal.file_in(due.root).read_bytes() == before


def test_what_practice_came_to_fits_one_screen(due):
    due.note("rehearsed", 1, rating="good", seconds=120)
    due.note("rehearsed", 1, rating="good", seconds=120)
    due.later(8)
    due.note("rehearsed", 1, rating="again", seconds=60)

    shown = due.kata("stats").output

    assert len(shown.splitlines()) <= 23
    assert max(map(len, shown.splitlines())) <= 80
    assert "31 min on 3 days" in shown
    assert "0 % of 1 review" in shown
    data = json.loads(due.kata("stats --json").output)
    assert data["days"] == {"2026-03-02": 1560, "2026-03-22": 240, "2026-03-30": 60}
    assert data["reviews"] == {"rehearse": {"kept": 0, "of": 1}}
    assert data["exercises"]["e01_sample1"] == {
        "minutes": None, "seconds": 480, "runs": 2, "hints": 0, "times_solved": 1, "solved": True,
    }  # fmt: skip


def test_stats_of_nothing_are_a_page_too(desk):
    shown = desk.kata("stats")

    assert shown.exit_code == 0
    assert "0 min on 0 days" in shown.output


def test_what_happened_elsewhere_is_added_once(due, make_project, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(due.root, other)
    due.now += timedelta(hours=1)
    due.solve(3)
    (due.root / ".kata").rename(due.root / "there")
    shutil.copytree(other / ".kata", due.root / ".kata")
    (due.root / "there").rename(tmp_path / ".kata")

    first = due.kata(f"import {tmp_path}")
    second = due.kata(f"import {tmp_path / '.kata' / 'journal.jsonl'}")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Added 3 entries from" in first.output
    assert second.output == "Nothing was added: all of it is known here.\n"
    assert "3/3 solved" in due.kata("list").output


def test_what_is_no_journal_is_refused_in_a_sentence(due, tmp_path):
    before = journal.file_in(due.root).read_bytes()
    empty, text = tmp_path / "empty", tmp_path / "text"
    empty.mkdir()
    text.write_text("nothing of that kind\n")

    said = [due.kata(f"import {file}") for file in (empty, text, tmp_path / "none", due.root)]

    assert [each.exit_code for each in said] == [2, 2, 2, 2]
    assert [each.output.count("\n") for each in said] == [1, 1, 1, 1]
    assert "There is no .kata/journal.jsonl in" in said[0].output
    assert "holds no line of a journal" in said[1].output
    assert "No such file or directory" in said[2].output
    assert "That is the journal of this folder." in said[3].output
    assert journal.file_in(due.root).read_bytes() == before


@pytest.mark.parametrize("command", ["review", "review --list", "plan", "stats", "again --rate"])
def test_a_journal_that_cannot_be_read_is_said(due, command):
    journal.file_in(due.root).unlink()
    journal.file_in(due.root).mkdir()

    said = due.kata(command)

    assert said.exit_code == 1
    assert ".kata/journal.jsonl cannot be read (it is a folder)." in said.output
