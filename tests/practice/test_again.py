"""A solved exercise is solved again: the stub comes back, and nothing that was reached is lost."""

import os

import pytest

from kata.course import backups, journal, progress


@pytest.fixture
def solved(make_desk):
    """Return a desk whose first exercise is solved and mastered, with the solution in its stub."""
    desk = make_desk(3, 1)
    desk.project.master(1)
    desk.solve(1)
    desk.note("mastered", 1)
    desk.note("hint", 1, step=1, shown=2)
    desk.later(2)
    return desk


def stub(desk) -> str:
    return desk.project.stub(1).read_text()


def test_the_stub_comes_back_and_undo_brings_the_solution_back(solved):
    solution = stub(solved)

    put_back = solved.kata("again e01")
    page = " ".join(put_back.output.split())
    undone = solved.kata("undo e01")

    assert put_back.exit_code == 0
    assert "Restored exercises/easy/e01_sample1/sample1.py Your solution is stored in .kata" in page
    assert "e01 counts as solved meanwhile. To solve it again: kata e01" in page
    assert (undone.exit_code, stub(solved)) == (0, solution)


def test_it_stays_solved_and_mastered_and_runs_from_its_beginning(solved):
    solved.kata("again e01")
    verdict = solved.project.focus()
    state = progress.load(solved.root)

    assert "e01 · How does sample 1 greet?" in verdict.output
    assert "1/3 solved · ★ 1" in verdict.output
    assert (state.solved, state.done, state.current) == (
        {"e01_sample1"}, set(), "e01_sample1",
    )  # fmt: skip
    assert "★ ↻ again · step 1 of 3 · 0/3" in solved.kata("list").output
    assert "e01, step 1" in solved.kata("hint").output


def test_once_it_is_solved_again_the_next_one_comes_up(solved):
    solved.kata("again e01")
    solved.project.focus()
    solved.project.solve(1)
    verdict = solved.project.focus()

    assert "✓ e01 is solved" in verdict.output
    assert "e02 · How does sample 2 greet?" in verdict.output
    assert progress.load(solved.root).done == {"e01_sample1"}


def test_while_it_is_put_back_it_is_due_and_at_hand(solved):
    solved.kata("again e01")

    assert solved.due() == [("rehearse", "e01"), ("solve", "e01")]
    assert "begun" in solved.kata("review --list").output
    assert "→ easy   e01  ★ ↻ again" in solved.kata("list").output


@pytest.mark.parametrize("command", ["again e02", "again e01"])
def test_what_makes_no_sense_is_refused_in_a_sentence(solved, command):
    solved.kata("again e01")
    before = stub(solved), journal.file_in(solved.root).read_bytes()

    refused = solved.kata(command)

    assert refused.exit_code == 2
    assert refused.output.strip() in (
        "e02 was not solved yet, so there is nothing to solve again. To solve it: kata e02",
        "e01 is put back already. To solve it: kata e01. To have the stub once more: kata reset e01",
    )
    assert (stub(solved), journal.file_in(solved.root).read_bytes()) == before


def test_without_an_exercise_it_asks_for_one(solved):
    refused = solved.kata("again")

    assert refused.exit_code == 2
    assert "Name the exercise, for example: kata again e04" in refused.output


def test_nothing_changes_where_nothing_can_be_written_down(solved):
    file = journal.file_in(solved.root)
    before = stub(solved)
    file.unlink()
    os.mkfifo(file)

    refused = solved.kata("again e01")

    assert refused.exit_code == 2
    assert "cannot be read (it is a FIFO)" in refused.output
    assert stub(solved) == before


def test_a_stub_that_cannot_be_replaced_is_said_with_the_way_on(solved, monkeypatch):
    before = stub(solved)
    lock = solved.root / ".kata" / "backups.lock"
    lock.mkdir()

    failed = solved.kata("again e01")
    lock.rmdir()
    repaired = solved.kata("reset e01")

    assert failed.exit_code == 1
    assert "nothing of yours is lost. When that is put right: kata reset e01" in " ".join(
        failed.output.split()
    )
    assert repaired.exit_code == 0
    assert stub(solved) != before
    assert backups.backups_of(solved.project.exercises[0], solved.root)


def test_the_learners_word_is_asked_for_once(solved):
    solved.kata("again e01")
    solved.now = solved.now.replace(hour=15)
    solved.note("run", 1)
    solved.note("hint", 1, 5, step=1, shown=1)
    solved.note("solved", 1, 4)

    asked = solved.kata("again --rate", "x\nh\n")
    again = solved.kata("again --rate")

    page = " ".join(asked.output.split())
    assert (
        "Solved again in 9 minutes, with 1 hint. How well did it go? That suggests: good." in page
    )
    assert "e01 is rated: hard." in page
    assert again.output.startswith("Nothing waits for your word")
    assert [each.rated for each in solved.deck().tries] == [None, "hard"]
