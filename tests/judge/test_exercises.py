"""The exercises as a whole: their solutions together in any order, on workers, and on real services.

Each exercise alone, its stub, its solution and its answers are in tests/authors/test_exercises.py.
"""

import os
from pathlib import Path

import pytest

from kata.judge.verdict import SERVICES, forked_pytest

ROOT = Path(__file__).parents[2]


class Reversed:
    """A pytest plugin that turns the order of the tests around."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.reverse()


@pytest.mark.parametrize(
    ("options", "plugins"),
    [
        ([], [Reversed()]),
        (
            ["--random-order", "--random-order-bucket=global", "--random-order-seed=7", "-n", "2"],
            [],
        ),
    ],
    ids=["in reverse", "at random on two workers"],
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
