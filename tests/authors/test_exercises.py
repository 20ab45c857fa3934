"""Every right answer passes, and every wrong one fails in the test that it names."""

from pathlib import Path

import pytest

from kata.authors import verify
from kata.course import catalog
from kata.course.exercise import Exercise

ROOT = Path(__file__).parents[2]
EXERCISES = catalog.find_all(ROOT / "exercises")


def answers(kind: str) -> list:
    """Return each answer of a kind with its exercise, as parameters of a test."""
    return [
        pytest.param(exercise, answer, id=f"{exercise.number}-{answer.stem}")
        for exercise in EXERCISES
        for answer in verify.answers(exercise, kind, ROOT)
    ]


@pytest.mark.parametrize(("exercise", "answer"), answers("right"))
def test_a_right_answer_passes_every_test(exercise: Exercise, answer: Path):
    assert list(verify.right_answer_passes(exercise, answer, ROOT)) == []


@pytest.mark.parametrize(("exercise", "answer"), answers("wrong"))
def test_a_wrong_answer_fails_in_the_tests_that_it_names(exercise: Exercise, answer: Path):
    assert list(verify.wrong_answer_is_caught(exercise, answer, ROOT)) == []
