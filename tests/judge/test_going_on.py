"""The focus goes on to the next exercise, and ends with 0, only when the recorder says *solved*."""

import pytest

SKIPPED = "    @pytest.mark.skip\n    def test_the_page_greets("
EXPECTED = "    @pytest.mark.xfail(run=False)\n    def test_the_page_greets("


def change_tests(project, n: int, old: str, new: str) -> None:
    """Change the test file of an exercise."""
    file = project.exercises[n - 1].test_file
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "    def test_the_page_greets(",
            SKIPPED,
            "e01 is not solved: no test failed, but test_the_page_greets did not run to the end "
            "(skipped, or expected to fail).",
        ),
        (
            "    def test_the_page_greets(",
            EXPECTED,
            "e01 is not solved: no test failed, but test_the_page_greets did not run to the end "
            "(skipped, or expected to fail).",
        ),
        (
            "import pytest\n",
            "import pytest\n\npytestmark = pytest.mark.skip\n",
            "e01 is not solved: no test failed, but test_the_page_greets and 2 more did not run "
            "to the end (skipped, or expected to fail).",
        ),
        (
            "def test_",
            "def check_",
            "e01 is not solved: no test failed, but none of its tests ran; they stand in "
            "exercises/easy/e01_sample1/test_sample1.py.",
        ),
    ],
    ids=["one skipped", "one expected to fail", "all skipped", "none there"],
)
def test_an_exercise_without_failure_that_is_not_solved_is_stayed_at(project, old, new, sentence):
    project.solve(1)
    change_tests(project, 1, old, new)

    verdict = project.focus()

    assert " ".join(verdict.output.split()).startswith(sentence)
    assert "e02" not in verdict.output
    assert verdict.exit_code == 1
    assert (project.progress["solved"], project.progress["current"]) == ([], "e01_sample1")


def test_tests_that_are_left_out_are_said(project):
    project.solve(1)

    verdict = project.focus("-k", "greets_by_name")

    assert "but some of its tests were left out of this run" in " ".join(verdict.output.split())
    assert verdict.exit_code == 1
    assert project.progress["solved"] == []


def test_the_exercise_after_a_solved_one_is_stayed_at_in_the_same_way(project):
    project.solve(1)
    project.solve(2)
    change_tests(project, 2, "    def test_the_page_greets(", SKIPPED)

    verdict = project.focus()

    assert "e02 is not solved: no test failed" in verdict.output
    assert "✓ e01 is solved" in verdict.output
    assert verdict.exit_code == 1
    assert project.progress["current"] == "e02_sample2"


def test_two_solved_exercises_in_one_run_end_with_0(project):
    project.solve(1)
    project.solve(2)

    assert project.focus().exit_code == 0


def test_other_code_that_skips_is_not_said_to_pass(project):
    change_tests(project, 1, "    def test_the_page_greets(", SKIPPED)

    verdict = project.focus("exercises/easy/e01_sample1", "--against", "solutions")

    assert "e01 is not solved: no test failed" in verdict.output
    assert "Every test" not in verdict.output
    assert verdict.exit_code == 1
    assert not (project.root / ".kata").exists()


def test_other_code_that_passes_ends_with_0(project):
    verdict = project.focus("exercises/easy/e01_sample1", "--against", "solutions")

    assert verdict.exit_code == 0
