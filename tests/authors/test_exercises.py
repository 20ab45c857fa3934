"""Every exercise keeps the rules: see "How it is made sure that the tests are right" in CONTRIBUTING.md."""

from pathlib import Path

import pytest

from kata.authors import verify
from kata.course import catalog
from kata.course.exercise import Exercise

ROOT = Path(__file__).parents[2]
EXERCISES = catalog.find_all(ROOT / "exercises")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_its_solution_and_its_answers_keep_every_rule(exercise: Exercise):
    # Others are checked meanwhile: more processes for each one would only start more often.
    problems = verify.verify([exercise], ROOT, processes=2).problems[exercise]

    assert {column: found for column, found in problems.items() if found} == {}
