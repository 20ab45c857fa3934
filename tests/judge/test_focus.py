"""``--focus``: which exercise runs, and what the one screen shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def save(project, n: int, text: str | None = None) -> None:
    """Save the stub of an exercise, later than anything saved before."""
    stub = project.stub(n)
    stub.write_text(f"{stub.read_text()}# Saved again.\n" if text is None else text)
    save.clock += 1_000_000_000
    os.utime(stub, ns=(save.clock, save.clock))


save.clock = 2_000_000_000_000_000_000


def first_line(verdict) -> str:
    return verdict.output.splitlines()[0]


def test_a_fresh_tree_starts_with_the_first_exercise(project):
    verdict = project.focus()

    assert verdict.output.splitlines()[:5] == [
        "e01 · How does sample 1 greet?                                      0 of 3 tests",
        "Step 1: A greeting",
        "  `/` answers 200 with `Hello`.",
        "",
        "✗ The page greets",
    ]
    assert "Still to be written. Answer / with Hello" in verdict.output
    assert "exercises/easy/e01_sample1/sample1.py, line 12" in verdict.output
    assert "kata hint" in verdict.output
    assert verdict.output.rstrip().endswith("0/3 solved")
    assert verdict.exit_code == 1


def test_the_screen_shows_expected_actual_view_and_exchange(project):
    project.solve(1)
    project.stub(1).write_text(project.stub(1).read_text().replace('"Hello"', '"Hallo"'))

    lines = [line.strip() for line in project.focus().output.splitlines()]

    assert "expected (200, 'Hello')" in lines
    assert "actual   (200, 'Hallo')" in lines
    assert "exercises/easy/e01_sample1/sample1.py, line 9" in lines
    assert "GET / → 200 OK text/html Hallo" in lines


def test_other_files_to_edit_are_named_below_the_stub(project):
    exercise = project.exercises[0]
    (exercise.folder / "page.html").touch()
    text = exercise.readme.read_text()
    exercise.readme.write_text(text.replace("## Step 1", "You also edit `page.html`.\n\n## Step 1"))

    lines = project.focus().output.splitlines()

    edit = lines.index("  Edit  exercises/easy/e01_sample1/sample1.py")
    assert lines[edit + 1] == "        and beside it page.html"


def test_what_the_learner_prints_is_shown(project):
    stub = project.stub(1)
    stub.write_text(stub.read_text().replace("# TODO: Greet.", "print('here I am')"))

    assert "printed  here I am" in project.focus().output


def test_the_first_step_that_fails_is_shown(project):
    project.solve(1)
    project.stub(1).write_text(project.stub(1).read_text().replace('f"Hello, {name}"', '"Hello"'))

    verdict = project.focus()

    assert "1 of 3 tests" in first_line(verdict)
    assert "Step 2: A name" in verdict.output
    assert "✗ The page greets by name (Ada)" in verdict.output
    assert "Grace" not in verdict.output


def test_a_solved_exercise_says_so_and_opens_the_next(project):
    project.solve(1)

    verdict = project.focus()

    assert first_line(verdict) == "✓ e01 is solved · How does sample 1 greet?"
    assert "kata diff e01" in verdict.output
    assert "kata answer e01" in verdict.output
    assert "e02 · How does sample 2 greet?" in verdict.output
    assert verdict.output.rstrip().endswith("1/3 solved · ★ 1")
    assert project.progress["solved"] == ["e01_sample1"]
    assert len(verdict.output.splitlines()) <= 25


def test_the_exercise_saved_last_comes_first(project):
    project.focus()
    save(project, 2)
    save(project, 3)

    assert first_line(project.focus()).startswith("e03")


def test_without_a_new_save_the_current_one_runs_while_it_is_unsolved(project):
    project.focus()
    save(project, 3)
    project.focus()

    assert first_line(project.focus()).startswith("e03")


def test_after_the_current_one_is_solved_the_first_unsolved_runs(project):
    project.solve(3)
    project.focus("exercises/easy/e03_sample3")

    assert first_line(project.focus()).startswith("e01")


def test_a_removed_file_counts_as_a_save(project):
    project.focus()
    project.stub(3).unlink()

    assert "The file is missing." in project.focus().output


def test_a_saved_template_counts_as_a_save(project):
    project.focus()
    (project.exercises[1].folder / "page.html").write_text("<p>Hello</p>")

    assert first_line(project.focus()).startswith("e02")


def test_a_solved_exercise_that_is_broken_again_is_shown(project):
    project.solve(1)
    project.focus()
    save(project, 1, "")

    verdict = project.focus()

    assert first_line(verdict).startswith("e01")
    assert project.progress["solved"] == []


def test_when_everything_is_solved_the_screen_says_so(project):
    for n in (1, 2, 3):
        project.solve(n)
    project.pytest("exercises")

    verdict = project.focus()

    assert "Every exercise is solved." in verdict.output
    assert verdict.output.rstrip().endswith("3/3 solved · ★ 3")
    assert verdict.exit_code == 0


@pytest.mark.parametrize(
    "path", ["exercises/easy/e02_sample2", "exercises/easy/e02_sample2/sample2.py"]
)
def test_a_path_narrows_the_choice(project, path):
    assert first_line(project.focus(path)).startswith("e02")


def test_a_path_without_an_exercise_is_refused(project):
    verdict = project.focus("solutions")

    assert "--focus: there is no exercise below the given path." in verdict.output
    assert verdict.exit_code == 4


def test_other_code_is_judged_and_leaves_the_progress_alone(project):
    verdict = project.focus("exercises/easy/e01_sample1", "--against", "solutions")

    assert first_line(verdict) == "Every test of e01 passes on solutions."
    assert not (project.root / ".kata").exists()


def test_a_broken_test_file_shows_what_pytest_says(project):
    project.exercises[0].test_file.write_text("class TestStep1AGreeting(:\n")

    assert "SyntaxError" in project.focus().output


def test_damaged_progress_is_put_aside_and_said(project):
    (project.root / ".kata").mkdir()
    (project.root / ".kata/progress.json").write_text("{nonsense")

    verdict = project.focus()

    assert ".kata/progress.json was damaged" in first_line(verdict)
    assert (project.root / ".kata/progress.broken-1.json").read_text() == "{nonsense"
    assert project.progress["solved"] == []


def test_progress_that_cannot_be_written_is_said_and_not_fatal(project):
    (project.root / ".kata").write_text("a file in the way")

    verdict = project.focus()

    assert "e01" in verdict.output
    assert "cannot be read" in verdict.output or "could not be saved" in verdict.output
    assert verdict.exit_code == 1


def test_a_terminal_that_knows_no_check_mark_gets_the_screen_all_the_same(project):
    project.solve(1)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--focus"],
        cwd=project.root,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert "? e01 is solved" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
