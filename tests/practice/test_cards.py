"""Cards and their reviews follow from what happened."""

import shutil
from datetime import timedelta

import pytest
import time_machine

from kata.course import journal, progress
from kata.practice.schedule.cards import HUNT, REHEARSE, SOLVE

from .conftest import MORNING, Desk


def reviews(desk: Desk, kind: str, n: int = 1) -> list[str] | None:
    """Return the ratings of a card, or None if there is none."""
    id_ = desk.project.exercises[n - 1].id
    found = [each for each in desk.deck().cards if (each.kind, each.exercise.id) == (kind, id_)]
    return [each.rating for each in found[0].reviews] if found else None


def test_a_solved_exercise_makes_three_cards_for_later_days(desk):
    desk.solve(1)

    days = {each.card.kind: (each.due - desk.today).days for each in desk.deck().scheduled}

    assert (days[REHEARSE], days[HUNT]) == (1, 3)
    assert days[SOLVE] > 3
    assert desk.due() == []
    assert reviews(desk, SOLVE, 2) is None


def test_what_a_tree_lacks_makes_no_card(desk):
    exercise = desk.project.exercises[0]
    (exercise.within(desk.root / "solutions") / "answer.md").unlink()
    shutil.rmtree(desk.root / "tests" / "answers" / exercise.id)
    desk.solve(1)

    assert [card.kind for card in desk.deck().cards] == [SOLVE]


def test_a_question_is_rehearsed_before_there_is_code(desk):
    desk.note("rehearsed", 2, rating="hard", seconds=60)

    assert reviews(desk, REHEARSE, 2) == ["hard"]
    assert reviews(desk, SOLVE, 2) is reviews(desk, HUNT, 2) is None


@pytest.mark.parametrize(
    ("data", "rating"),
    [
        ({"found": True, "line": True, "cause": True}, "good"),
        ({"found": False, "line": True, "cause": False}, "hard"),
        ({"found": False, "line": False, "cause": True}, "hard"),
        ({"found": False, "line": False, "cause": False}, "again"),
    ],
)
def test_a_hunt_is_rated_by_what_was_found(desk, data, rating):
    desk.note("hunted", 1, **data)

    assert reviews(desk, HUNT) == [rating]


@pytest.mark.parametrize(
    ("minutes", "shown", "rating"),
    [
        (8, 0, "easy"),
        (18, 0, "good"),
        (18, 1, "good"),
        (18, 2, "hard"),
        (8, 3, "again"),
        (0, 0, "good"),
    ],
)
def test_a_try_is_rated_by_its_hints_and_its_time(desk, minutes, shown, rating):
    """The stated time of these exercises is 25 minutes."""
    desk.note("run", 1)
    for n in range(1, shown + 1):
        desk.note("hint", 1, step=1, shown=n)
    for _ in range(6):
        desk.note("run", 1, minutes / 6)
    desk.note("solved", 1)

    assert reviews(desk, SOLVE) == [rating]


def test_a_break_is_no_work(desk):
    desk.note("run", 1)
    desk.note("run", 1, 9)
    desk.note("run", 1, 600)
    desk.note("solved", 1, 3)

    [done] = desk.deck().tries
    assert (done.seconds, done.runs) == (12 * 60, 3)
    assert reviews(desk, SOLVE) == ["good"]


def test_each_try_has_hints_and_time_of_its_own(desk):
    desk.note("hint", 1, step=1, shown=3)
    desk.solve(1)
    desk.later(5)
    desk.note("again", 1)
    desk.note("hint", 1, 2, step=1, shown=1)
    desk.note("solved", 1, 5)

    first, second = desk.deck().tries
    assert (first.again, first.hints, first.seconds) == (False, 3, 8 * 60)
    assert (second.again, second.hints, second.seconds) == (True, 1, 7 * 60)
    assert reviews(desk, SOLVE) == ["again", "good"]


def test_the_learners_word_counts_more_than_what_is_suggested(desk):
    desk.solve(1)
    desk.note("rated", 1, card="solve", rating="hard")
    desk.later(9)
    desk.solve(1, again=True)

    assert reviews(desk, SOLVE) == ["hard", "easy"]


def test_a_solution_that_was_brought_back_was_not_solved_again(desk):
    desk.solve(1)
    desk.later(5)
    desk.note("again", 1)
    desk.note("solved", 1, 0.5)

    assert reviews(desk, SOLVE) == ["easy"]
    assert desk.deck().to_rate() == []


def test_further_steps_and_a_stub_that_was_broken_are_no_review(desk):
    desk.solve(1)
    desk.note("run", 1, 5)
    desk.note("unsolved", 1, 5)
    assert reviews(desk, SOLVE) is None
    desk.note("solved", 1, 5)

    assert reviews(desk, SOLVE) == ["easy"]


def test_exercises_solved_before_there_was_a_journal_come_up_some_a_day(make_desk):
    desk = make_desk(7)
    file = progress.file_in(desk.root)
    file.parent.mkdir()
    names = [f'"{each.id}"' for each in desk.project.exercises]
    file.write_text(f'{{"solved": [{", ".join(names)}], "seen": {{}}}}')

    counts = []
    for _ in range(5):
        days = [(each.due - MORNING.date()).days for each in desk.deck().scheduled]
        counts.append({day: days.count(day) for day in days})
        desk.later(1)

    assert counts == [{0: 7, 1: 7, 2: 5, 3: 2}] * 5
    assert not file.with_name("journal.broken-1.jsonl").exists()


def test_what_happened_on_another_machine_counts_as_if_it_had_here(desk, tmp_path):
    desk.solve(1)
    other = Desk(desk.project)
    other.root = tmp_path / "other"
    other.now += timedelta(days=2)
    other.solve(2)

    with time_machine.travel(other.now, tick=False):
        added, said = progress.merge(desk.root, journal.file_in(other.root))
        again, _ = progress.merge(desk.root, journal.file_in(other.root))

    desk.now = other.now
    assert (added > 0, again, said) == (True, 0, None)
    assert reviews(desk, SOLVE, 1) == reviews(desk, SOLVE, 2) == ["easy"]
    assert progress.load(desk.root).solved == {each.id for each in desk.project.exercises[:2]}


def test_the_day_is_that_of_the_learners_zone(desk):
    desk.solve(1)
    file = journal.file_in(desk.root)
    lines = file.read_text().replace("2026-03-02T09:08:00+00:00", "2026-03-01T23:08:00-10:00")
    file.write_text(lines)

    [card] = [each for each in desk.deck().cards if each.kind == SOLVE]
    assert [each.day for each in card.reviews] == [MORNING.date() - timedelta(days=1)]


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("rehearsed", {"rating": "splendid"}),
        ("rehearsed", {"rating": ["good"]}),
        ("rated", {"card": "solve", "rating": None}),
        ("hint", {"step": [1], "shown": 1e999}),
        ("hint", {"step": {}, "shown": 2}),
        ("hunted", {"seconds": "many"}),
        ("run", {"step": "1"}),
    ],
)
def test_what_cannot_be_right_in_a_journal_harms_nothing(desk, what, data):
    desk.solve(1)
    desk.note(what, 1, **data)
    desk.note(what, 2, **data)

    assert reviews(desk, SOLVE) == ["easy"]
