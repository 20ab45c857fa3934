"""All tests of the core run on files elsewhere, and are counted by step."""

import shutil

import pytest

from kata.judge.examining import examine


@pytest.fixture
def desk(project, tmp_path):
    """Return an exercise, and a folder with its files elsewhere."""
    exercise = project.exercises[0]
    folder = tmp_path / "elsewhere" / exercise.id
    shutil.copytree(exercise.folder, folder)
    return exercise, folder


def test_each_step_is_counted_and_the_first_failure_told(desk):
    exercise, folder = desk
    stub = folder / exercise.stub.name
    stub.write_text(
        stub.read_text().replace(
            'raise NotImplementedError("Answer /<name> with Hello and the name")',
            'return "Hello, Ada"',
        )
    )

    found = examine(exercise, folder)

    assert (found.passed, found.total) == ({1: 0, 2: 1}, {1: 1, 2: 2})
    assert not found.solved
    assert found.failure.test == "test_the_page_greets"
    assert found.failure.sentence == "Still to be written. Answer / with Hello"
    assert found.failure.file == str(stub)


def test_a_solution_is_solved_and_nothing_is_recorded(desk, project):
    exercise, folder = desk
    project.extend(1)  # What goes further is left out.
    shutil.copyfile(
        exercise.within(project.root / "solutions") / exercise.stub.name,
        folder / exercise.stub.name,
    )

    found = examine(project.exercises[0], folder)

    assert (found.solved, found.passed, found.failure) == (True, {1: 1, 2: 2}, None)
    assert not (project.root / ".kata").exists()


def test_the_solutions_cannot_be_imported(desk, project):
    exercise, folder = desk
    (folder / exercise.stub.name).write_text(
        f"from solutions.easy.{exercise.id}.{exercise.slug} import create_app\n"
    )

    found = examine(exercise, folder)

    assert found.passed == {1: 0, 2: 0}
    assert "reads the reference solution" in found.failure.sentence


def test_a_process_that_ends_fails_its_test_alone(desk):
    exercise, folder = desk
    (folder / exercise.stub.name).write_text("import os\nos._exit(0)\n")

    found = examine(exercise, folder)

    assert (found.passed, found.total) == ({1: 0, 2: 0}, {1: 1, 2: 2})


def test_without_tests_the_words_of_pytest_are_told(desk):
    exercise, folder = desk
    exercise.test_file.write_text("this is no Python")

    found = examine(exercise, folder)

    assert not found.solved
    assert "SyntaxError" in found.output
