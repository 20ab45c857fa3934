"""The library says when a card is due; practice beyond its schedule never harms it."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import fsrs
import pytest

from kata.course.exercise import Exercise
from kata.practice.schedule.cards import HUNT, KINDS, REHEARSE, SOLVE, Card, Review
from kata.practice.schedule.scheduling import scheduled
from kata.practice.schedule.tries import RATINGS

DAY = date(2026, 3, 2)
KEPT = ("hard", "good", "easy")


def card(*reviews: tuple[int, str], kind: str = REHEARSE) -> Card:
    """Return a card with reviews: after how many days, and how well."""
    told = tuple(Review(DAY + timedelta(days), rating) for days, rating in reviews)
    return Card(kind, Exercise(Path("easy/e01_sample")), DAY, told)


def due(*reviews: tuple[int, str], kind: str = REHEARSE) -> int:
    """Return after how many days a card with these reviews is due."""
    return (scheduled(card(*reviews, kind=kind)).due - DAY).days


def on_time(chance: random.Random, count: int, kind: str = REHEARSE) -> list[tuple[int, str]]:
    """Return so many reviews, each on the day on which the card is due, or some days late."""
    reviews: list[tuple[int, str]] = []
    for _ in range(count):
        day = due(*reviews, kind=kind) + chance.choice([0, 0, 0, 1, 5])
        reviews.append((day, chance.choice(RATINGS)))
    return reviews


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(20))
def test_what_is_done_when_it_is_due_is_scheduled_by_the_library_alone(kind, seed):
    reviews = on_time(random.Random(seed), 6, kind)
    scheduler = fsrs.Scheduler(
        desired_retention=0.9 if kind == REHEARSE else 0.85,
        learning_steps=(),
        relearning_steps=(timedelta(days=1),),
        enable_fuzzing=False,
    )
    known = fsrs.Card(card_id=1)
    for days, rating in reviews:
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=days)
        known, _ = scheduler.review_card(known, fsrs.Rating[rating.capitalize()], at)

    found = scheduled(card(*reviews, kind=kind))

    assert found.due == known.due.date()
    assert found.counted == card(*reviews).reviews


def test_a_new_card_is_due_from_its_first_day():
    assert scheduled(card()).due == DAY


def test_after_a_lapse_a_card_is_due_on_the_next_day():
    for kind in KINDS:
        assert due((0, "easy"), (60, "again"), kind=kind) == 61


def test_what_takes_long_comes_back_later():
    assert due((0, "good")) < due((0, "good"), kind=SOLVE) == due((0, "good"), kind=HUNT)


@pytest.mark.parametrize("seed", range(50))
def test_early_practice_that_goes_well_changes_no_date_now_or_later(seed):
    chance = random.Random(seed)
    reviews = on_time(chance, 5)
    more: list[tuple[int, str]] = []
    for n, review in enumerate(reviews):
        next_due = due(*reviews[: n + 1])
        early = sorted(chance.choices(range(review[0], next_due), k=chance.randrange(10)))
        more += [review, *((day, chance.choice(KEPT)) for day in early)]

    assert scheduled(card(*more)).due == scheduled(card(*reviews)).due
    assert scheduled(card(*more)).counted == scheduled(card(*reviews)).counted


@pytest.mark.parametrize("seed", range(50))
def test_what_was_forgotten_early_never_comes_back_later_for_it(seed):
    chance = random.Random(seed)
    reviews = on_time(chance, chance.randrange(1, 6))
    last, before = reviews[-1][0], due(*reviews)
    day = chance.randrange(last, before)

    after = due(*reviews, (day, "again"))

    assert after == day + 1 <= before


def test_ten_lapses_of_one_evening_count_once():
    once = [(0, "good"), (2, "again")]

    assert scheduled(card(*once, *[(2, "again")] * 9, (2, "good"))).counted == card(*once).reviews


def test_ten_easy_answers_of_one_evening_count_once():
    assert due(*[(0, "easy")] * 10) == due((0, "easy"))


def test_a_day_that_goes_back_between_time_zones_is_no_time_before():
    assert due((3, "good"), (2, "again")) == 4
