"""The plan has room for everything or says what is missing, and each day begins with what is due."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kata.course import catalog
from kata.course.progress import Progress
from kata.practice.schedule.cards import SOLVE, Card, Review
from kata.practice.schedule.deck import Deck
from kata.practice.schedule.pace import Needed
from kata.practice.schedule.planning import AGAIN, INTERVIEW, NEW, Plan, plan

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
EXERCISES = catalog.find_all(ROOT / "exercises")


def deck(solved: int = 0, overdue: int = 0) -> Deck:
    """Return the thirty exercises, the first of them solved; of these, some are due to be solved again."""
    reviews = (Review(TODAY - timedelta(days=99), "good"),)
    cards = [Card(SOLVE, each, TODAY, reviews) for each in EXERCISES[:overdue]]
    state = Progress(solved={each.id for each in EXERCISES[:solved]})
    return Deck(ROOT, EXERCISES, state, [], [], cards, Needed(EXERCISES, [], []))


def days(count: int) -> list[date]:
    return [TODAY + timedelta(days=n) for n in range(count)]


def new(found: Plan) -> list[str]:
    return [item.exercise.number for day in found.days for item in day.items if item.kind == NEW]


def left(found: Plan) -> list[str]:
    return [item.exercise.number for item in found.left if item.kind == NEW]


@pytest.mark.parametrize("count", [1, 2, 5, 14])
def test_without_hours_all_fits_in_equal_days_that_end_with_an_interview(count):
    found = plan(deck(), days(count))

    assert found.left == ()
    assert sorted(new(found)) == sorted(each.number for each in EXERCISES)
    assert new(found)[:10] == [each.number for each in EXERCISES[:10]]  # The easy come first.
    assert [day.day for day in found.days] == days(count)
    assert max(day.minutes for day in found.days) <= found.minutes
    assert [day.items[-1].kind == INTERVIEW for day in found.days] == [False] * (count - 1) + [True]


@pytest.mark.parametrize("minutes", [30, 60, 120, 200])
def test_with_too_few_hours_there_is_some_of_each_tier_and_what_is_missing_is_said(minutes):
    found = plan(deck(), days(5), minutes=minutes)

    assert sorted(new(found) + left(found)) == sorted(each.number for each in EXERCISES)
    assert all(day.minutes <= max(minutes, 45) for day in found.days)
    assert found.enough > minutes
    assert plan(deck(), days(5), minutes=found.enough).left == ()
    if minutes > 60:
        tiers = [each[0] for each in new(found)]
        assert set(tiers) == {"e", "m", "h"}
        assert max(map(tiers.count, "emh")) - min(map(tiers.count, "emh")) <= 3


def test_more_hours_than_needed_are_not_filled():
    assert plan(deck(), days(5), minutes=1000) == plan(deck(), days(5))


def test_each_day_begins_with_what_is_due_and_goes_on_with_what_is_new():
    found = plan(deck(solved=20, overdue=20), days(3))

    first = [item.kind for item in found.days[0].items]
    assert first.index(NEW) == first.count(AGAIN) > 0
    assert all(
        [item.kind for item in day.items] == sorted((item.kind for item in day.items), key=_order)
        for day in found.days
    )


def test_what_is_solved_on_one_day_is_rehearsed_on_the_next():
    first, second = plan(deck(), days(2)).days

    solved = [item.exercise for item in first.items if item.kind == NEW]
    assert [item.exercise for item in second.items if item.kind == "rehearse"] == solved


def test_minutes_that_are_over_today_are_not_planned_again():
    found = plan(deck(), days(5), spent=120, minutes=240)

    assert found.days[0].minutes <= 120


def test_one_day_too_short_for_anything_says_so():
    found = plan(deck(), days(1), minutes=15)

    assert new(found) == []
    assert len(left(found)) == 30


def _order(kind: str) -> int:
    return {NEW: 1, INTERVIEW: 2}.get(kind, 0)
