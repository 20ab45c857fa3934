"""Only the test files of an exercise are collected from its folder, whatever else lies in it."""


def test_a_test_file_of_the_learners_is_not_collected(project):
    project.solve(1)
    (project.exercises[0].folder / "test_scratch.py").write_text("while True: ...\n")
    (project.exercises[0].folder / "tests").mkdir()
    (project.exercises[0].folder / "tests/test_more.py").write_text("1 / 0\n")

    verdict = project.pytest("exercises/easy/e01_sample1")

    assert "3 passed" in verdict.output
    assert verdict.exit_code == 0


def test_a_link_to_its_own_folder_does_no_harm(project):
    project.solve(1)
    (project.exercises[0].folder / "loop").symlink_to(".")
    (project.exercises[0].folder / "all").symlink_to("/")

    verdict = project.pytest("exercises")

    assert "3 passed" in verdict.output
    assert "6 failed" in verdict.output


def test_further_tests_are_collected_after_those_of_the_core(project):
    project.extend(1)

    verdict = project.pytest("exercises/easy/e01_sample1", "--collect-only", "-q")

    lines = [line for line in verdict.output.splitlines() if "::" in line]
    assert [line.partition("::")[0].rpartition("/")[2] for line in lines] == [
        *["test_sample1.py"] * 3,
        "test_sample1_further.py",
    ]


def test_a_file_is_ignored_when_pytest_is_told_so(project):
    folder = "exercises/easy/e01_sample1"

    verdict = project.pytest(folder, f"--ignore={folder}/test_sample1.py")

    assert verdict.exit_code == 5


def test_a_folder_that_is_no_exercise_is_collected_as_ever(project):
    (project.root / "exercises/easy/test_notes.py").write_text("def test_passes(): pass\n")

    assert "1 passed" in project.pytest("exercises/easy/test_notes.py").output
