"""The rules that every exercise is under: see "How it was made sure that the tests are right" in the README."""

import os
from pathlib import Path

import pytest

from kata.authors import verify
from kata.course import catalog
from kata.course.exercise import Exercise
from kata.judge.verdict import SERVICES, forked_pytest

ROOT = Path(__file__).parents[2]
EXERCISES = catalog.find_all(ROOT / "exercises")

each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


class Reversed:
    """A pytest plugin that turns the order of the tests around."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.reverse()


@each_exercise
def test_texts_and_names_are_complete_and_agree(exercise: Exercise):
    assert list(verify.texts_and_names(exercise, ROOT)) == []


@each_exercise
def test_every_test_of_the_stub_fails_by_the_hole_or_an_assertion(exercise: Exercise):
    assert list(verify.stub_fails(exercise, ROOT)) == []


@each_exercise
def test_the_solution_passes(exercise: Exercise):
    assert list(verify.solution_passes(exercise, ROOT)) == []


@pytest.mark.parametrize(
    ("options", "plugins"),
    [
        (["-p", "no:cacheprovider"], []),
        ([], [Reversed()]),
        (["--random-order", "--random-order-bucket=global", "--random-order-seed=7"], []),
        (["-n", "2"], []),
    ],
    ids=["in one go", "in reverse", "at random", "on two workers"],
)
def test_the_solutions_pass_in_any_order(options, plugins):
    verdict = forked_pytest(["exercises", "--against", "solutions", *options], ROOT, plugins)

    assert verdict.texts == {}
    assert verdict.passed, verdict.output


def test_the_hard_solutions_pass_on_the_services_that_the_environment_names():
    if not any(name in os.environ for name in SERVICES):
        pytest.skip(f"None of {', '.join(SERVICES)} is set.")

    verdict = forked_pytest(["exercises/hard", "--against", "solutions"], ROOT, real=True)

    # Skipped is what nobody does to a real service, such as a restart.
    failed = {name for name, outcome in verdict.outcomes.items() if outcome == "failed"}
    assert failed == set(), verdict.output
    assert verdict.exit_code == 0, verdict.output


def test_no_stub_passes_a_test():
    verdict = forked_pytest(["exercises"], ROOT)

    assert set(verdict.outcomes.values()) == {"failed"}, verdict.output


def test_what_a_reset_restores_is_what_is_in_the_tree():
    from kata.course import workspace

    assert workspace.ARCHIVE.read_bytes() == workspace.pack(ROOT), "Renew it: kata pack"
