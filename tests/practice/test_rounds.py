"""An interview's rounds fit the time and the level, and are the same for the same seed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kata.course import catalog
from kata.course.entries import Entry
from kata.practice.interviews import rounds
from kata.practice.interviews.past import weak_first
from kata.practice.interviews.rounds import (
    CODE,
    HUNT,
    LEVELS,
    LONGEST,
    QUESTION,
    SHORTEST,
    NothingToAsk,
)

TREE = Path(__file__).parents[2] / "exercises"
EXERCISES = catalog.find_all(TREE)
POOLS = dict.fromkeys((QUESTION, HUNT, CODE), EXERCISES)
MONDAY = datetime(2026, 11, 23, 18, tzinfo=UTC)


def tier_of(round_) -> str:
    return next(each.tier for each in EXERCISES if each.id == round_.exercise)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("minutes", [SHORTEST, 45, 60, 90, LONGEST])
def test_the_rounds_fit_the_minutes(level, minutes):
    for seed in range(50):
        laid = rounds.lay_out(POOLS, seed=seed, level=level, minutes=minutes)

        kinds = [each.kind for each in laid]
        assert kinds == sorted(kinds, key=[QUESTION, HUNT, CODE].index)
        assert 2 <= kinds.count(QUESTION) <= 4
        assert kinds.count(HUNT) == 1
        assert 1 <= kinds.count(CODE) <= 2
        assert sum(each.minutes for each in laid) <= minutes
        assert len({each.exercise for each in laid}) == len(laid)
        for each in laid:
            if each.kind == CODE:
                stated = rounds.stated(next(e for e in EXERCISES if e.id == each.exercise))
                assert stated <= each.minutes <= stated * 1.5


@pytest.mark.parametrize(
    ("level", "tiers"),
    [
        ("junior", {"easy", "medium"}),
        ("middle", {"easy", "medium", "hard"}),
        ("senior", {"medium", "hard"}),
    ],
)
def test_the_level_decides_how_hard_it_is(level, tiers):
    laid = rounds.lay_out(POOLS, seed=1, level=level, minutes=90)

    assert {tier_of(each) for each in laid} == tiers
    assert tier_of(laid[0]) == LEVELS[level][0]


def test_a_seed_gives_the_same_rounds_and_another_seed_gives_others():
    found = [
        rounds.lay_out(POOLS, seed=seed, level="middle", minutes=45)
        for seed in (1, 1, *range(2, 9))
    ]

    assert found[0] == found[1]
    assert len(set(found)) > 5


def test_where_there_is_one_exercise_all_rounds_are_on_it():
    pools = dict.fromkeys((QUESTION, HUNT, CODE), EXERCISES[-1:])

    laid = rounds.lay_out(pools, seed=1, level="junior", minutes=SHORTEST)

    assert {each.exercise for each in laid} == {EXERCISES[-1].id}
    assert sum(each.minutes for each in laid) <= SHORTEST


@pytest.mark.parametrize("kind", [QUESTION, HUNT, CODE])
def test_a_tree_without_answers_says_so(kind):
    with pytest.raises(NothingToAsk, match="An interview needs"):
        rounds.lay_out(POOLS | {kind: []}, seed=1, level="junior", minutes=45)


def test_what_is_weak_comes_first_then_what_is_new_then_what_is_longest_ago():
    happened = [
        ("rehearsed", "e01", {"rating": "good"}),
        ("rehearsed", "e02", {"rating": "easy"}),
        ("rehearsed", "e03", {"rating": "good"}),
        ("rehearsed", "e03", {"rating": "hard"}),
        ("hunted", "e02", {"found": False}),
        ("hint", "e05", {"step": 1, "shown": 2}),
        ("solved", "e05", {}),
        ("solved", "e06", {}),
        (
            "interviewed",
            None,
            {"rounds": [{"kind": CODE, "exercise": "e06", "points": 5, "of": 20}]},
        ),
        ("interviewed", None, {"rounds": "not a list", "points": 1}),
        ("interviewed", None, {"rounds": [3, {"kind": CODE, "exercise": "e01"}]}),
    ]
    rank = weak_first(
        Entry(str(n), MONDAY + timedelta(days=n), what, exercise, data)
        for n, (what, exercise, data) in enumerate(happened)
    )

    def order(kind, *ids):
        return sorted(ids, key=lambda id_: rank(kind, id_))

    assert order(QUESTION, "e01", "e02", "e03", "e04") == ["e03", "e04", "e01", "e02"]
    assert order(HUNT, "e01", "e02") == ["e02", "e01"]
    assert order(CODE, "e01", "e05", "e06") == ["e05", "e06", "e01"]


def test_what_is_weak_is_asked_whatever_the_seed():
    weak = [each.id for each in EXERCISES if each.tier == "medium"][4]

    def rank(kind, id_):
        return (0,) if (kind, id_) == (CODE, weak) else (1,)

    for seed in range(10):
        laid = rounds.lay_out(POOLS, seed=seed, level="middle", minutes=60, rank=rank)
        assert weak in [each.exercise for each in laid if each.kind == CODE]
