"""The rule for *solved*: every test of the exercise ran and passed, in one run."""

import pytest


def solved(project) -> list[str]:
    return project.progress["solved"] if (project.root / ".kata").exists() else []


def insert(project, n: int, old: str, new: str) -> None:
    """Change the test file of an exercise."""
    file = project.exercises[n - 1].test_file
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_an_exercise_is_solved_when_all_its_tests_pass(project):
    project.solve(2)

    assert project.pytest("exercises").exit_code == 1
    assert solved(project) == ["e02_sample2"]


def test_running_the_exercise_alone_or_by_its_node_ids_solves_it_too(project):
    project.solve(1)
    file = "exercises/easy/e01_sample1/test_sample1.py"

    project.pytest(
        f"{file}::TestStep1AGreeting", f"{file}::TestStep2AName::test_the_page_greets_by_name"
    )

    assert solved(project) == ["e01_sample1"]


def test_an_exercise_that_fails_again_is_no_longer_solved(project):
    project.solve(1)
    project.pytest("exercises")
    project.stub(1).write_text("")

    project.pytest("exercises/easy/e01_sample1")

    assert solved(project) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["exercises/easy/e01_sample1", "-k", "Ada"],
        [
            "exercises/easy/e01_sample1",
            "--deselect",
            "exercises/easy/e01_sample1/test_sample1.py::TestStep1",
        ],
        ["exercises/easy/e01_sample1/test_sample1.py::TestStep1AGreeting"],
        [
            "exercises/easy/e01_sample1/test_sample1.py::TestStep1AGreeting",
            "exercises/easy/e01_sample1/test_sample1.py::TestStep2AName::test_the_page_greets_by_name[Ada]",
        ],
        ["exercises", "--collect-only"],
        ["exercises", "--against", "solutions"],
    ],
    ids=[
        "chosen by -k",
        "deselected",
        "one class",
        "one parameter",
        "collected only",
        "against the solutions",
    ],
)
def test_a_run_of_some_tests_or_of_other_code_solves_nothing(project, arguments):
    project.solve(1)

    assert project.pytest(*arguments).exit_code == 0
    assert solved(project) == []


@pytest.mark.parametrize(
    "mark",
    ["@pytest.mark.skip", "@pytest.mark.xfail(run=False)", "@pytest.mark.xfail"],
)
def test_a_skipped_or_expected_failure_is_not_a_pass(project, mark):
    project.solve(1)
    insert(
        project, 1, "    def test_the_page_greets(", f"    {mark}\n    def test_the_page_greets("
    )
    insert(project, 1, '(200, "Hello")', '"another"')

    assert project.pytest("exercises/easy/e01_sample1").exit_code == 0
    assert solved(project) == []


def test_a_skipped_test_is_listed_with_its_reason(project):
    project.solve(1)
    mark = '    @pytest.mark.skip(reason="too early")\n'
    insert(project, 1, "    def test_the_page_greets(", f"{mark}    def test_the_page_greets(")

    assert "too early" in project.pytest("exercises/easy/e01_sample1", "-rs").output


def test_a_failing_tear_down_is_a_failure(project):
    project.solve(1)
    insert(project, 1, "return app.test_client()", "yield app.test_client()\n    assert 1 == 2")

    project.pytest("exercises/easy/e01_sample1")

    assert solved(project) == []


def test_workers_of_xdist_agree_with_one_process(project):
    project.solve(1)
    project.solve(3)

    verdict = project.pytest("exercises", "-n", "2")

    assert "3 failed, 6 passed" in verdict.output
    assert solved(project) == ["e01_sample1", "e03_sample3"]


def test_a_run_in_pytests_own_process_solves_too(project):
    project.solve(1)

    project.pytest("exercises", "--in-process")

    assert solved(project) == ["e01_sample1"]


def test_random_order_solves_too(project):
    project.solve(1)

    project.pytest(
        "exercises", "--random-order", "--random-order-seed=3", "--random-order-bucket=global"
    )

    assert solved(project) == ["e01_sample1"]
