"""What a run found goes from one process to another, and arrives as it was."""

import pytest

from kata.judge.outcome import Failure, Outcome

FAILURE = Failure(
    exercise="e01_sample1",
    test_class="TestStep1AGreeting",
    test="test_the_page_greets",
    passed=0,
    total=3,
    message="assert 'Hallo' == 'Hello'",
    printed="",
    comparison={"op": "==", "left": "'Hallo'", "right": "'Hello'"},
)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(solved=("e02_sample2",), failure=FAILURE, states={"e01_sample1": "1"}),
        Outcome(solved=("e01_sample1",), solved_now=("e01_sample1",), messages=("Said.",)),
        Outcome(pytest_output="SyntaxError"),
    ],
    ids=["a failure", "solved", "tests that cannot be run"],
)
def test_an_outcome_arrives_as_it_was(outcome):
    assert Outcome.from_json(outcome.to_json()) == outcome
