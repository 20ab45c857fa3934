"""The core solves an exercise, and what goes further masters it."""

import pytest


@pytest.fixture
def project(make_project):
    """Return a project whose first exercise has a step that goes further."""
    made = make_project(3)
    made.extend(1)
    return made


def test_the_steps_below_the_heading_are_further_ones(project):
    exercise = project.exercises[0]

    assert [(step.number, step.further, step.minutes) for step in exercise.steps] == [
        (1, False, None),
        (2, False, None),
        (3, True, 4),
    ]
    assert exercise.further[0].summary == "`/bye` answers with `Goodbye`."
    assert exercise.tests[-1] == "TestStep3AFarewell::test_the_page_says_goodbye"


def test_the_core_alone_solves_and_the_next_comes_up(project):
    project.solve(1)

    screen = project.focus().output

    assert screen.startswith("✓ e01 is solved")
    assert "Further" in screen
    assert "for ★: A farewell (4 minutes)" in screen
    assert "e02 · How does sample 2 greet?" in screen
    assert screen.rstrip().endswith("1/3 solved")
    assert (project.progress["solved"], project.progress["mastered"]) == (["e01_sample1"], [])


def test_a_solved_exercise_goes_further_when_it_is_named(project):
    project.solve(1)
    project.focus()

    screen = project.focus("exercises/easy/e01_sample1").output

    assert "Step 3: A farewell (goes further, for ★)" in screen
    assert "✗ The page says goodbye" in screen
    assert "3 of 4 tests" in screen
    assert "1/3 solved" in screen


def test_a_solved_exercise_goes_further_when_it_is_saved(project):
    project.solve(1)
    project.focus()
    project.stub(1).write_text(project.stub(1).read_text() + "\n# Saved again.\n")

    assert "Step 3: A farewell" in project.focus().output


def test_all_steps_master_an_exercise(project):
    project.solve(1)
    project.focus()
    project.master(1)

    screen = project.focus().output

    assert screen.startswith("★ e01 is mastered")
    assert screen.rstrip().endswith("1/3 solved · ★ 1")
    assert project.progress["mastered"] == ["e01_sample1"]


@pytest.mark.parametrize(
    ("prepare", "solved", "mastered"),
    [("solve", ["e01_sample1"], []), ("master", ["e01_sample1"], ["e01_sample1"])],
)
def test_plain_pytest_tells_solved_from_mastered(project, prepare, solved, mastered):
    getattr(project, prepare)(1)

    project.pytest("exercises/easy/e01_sample1")

    assert (project.progress["solved"], project.progress["mastered"]) == (solved, mastered)


def test_the_further_tests_alone_solve_nothing(project):
    project.master(1)

    verdict = project.pytest("exercises/easy/e01_sample1/test_sample1_further.py")

    assert verdict.exit_code == 0
    assert not (project.root / ".kata/progress.json").exists()


def test_a_further_step_that_breaks_again_takes_the_star_alone(project):
    project.master(1)
    project.pytest("exercises/easy/e01_sample1")
    project.solve(1)

    project.pytest("exercises/easy/e01_sample1")

    assert (project.progress["solved"], project.progress["mastered"]) == (["e01_sample1"], [])


def test_further_tests_may_stand_in_the_file_of_the_core(project):
    exercise = project.exercises[0]
    text = exercise.test_file.read_text() + "\n\n" + exercise.further_test_file.read_text()
    exercise.further_test_file.unlink()
    exercise.test_file.write_text(text)
    project.solve(1)

    assert project.focus().output.startswith("✓ e01 is solved")
    assert project.progress["mastered"] == []
