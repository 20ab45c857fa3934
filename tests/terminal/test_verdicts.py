"""A save, and the verdict that the watcher shows on it."""

import random


def test_the_first_unsolved_exercise_comes_up_with_the_keys(start):
    screen = start().wait_for("Still to be written", "h hint")

    assert screen.startswith("e01 · How does sample 1 greet?")
    assert len(screen.splitlines()) <= 24


def test_a_save_brings_a_new_verdict(start, answer):
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(1, "Hallo")

    assert terminal.wait_for("expected (200, 'Hello')", "actual   (200, 'Hallo')")


def test_a_solved_exercise_opens_the_next(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")

    project.solve(1)

    assert terminal.wait_for("✓ e01 is solved", "e02 · How does sample 2 greet?", "1/3 solved")


def test_when_the_last_exercise_is_solved_the_screen_says_so(start, project):
    project.solve(1)
    project.solve(2)
    project.pytest("exercises")
    terminal = start()
    terminal.wait_for("e03 ·", "Still to be written")

    project.solve(3)

    assert terminal.wait_for("✓ e03 is solved", "Every exercise is solved.", "3/3 solved")


def test_a_test_file_that_cannot_be_read_shows_what_pytest_says(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    test_file = project.exercises[0].test_file
    text = test_file.read_text()

    test_file.write_text("class TestStep1AGreeting(:\n")
    terminal.wait_for("SyntaxError")
    test_file.write_text(text)

    assert terminal.wait_for("e01 ·", "Still to be written")


def test_a_save_by_renaming_another_file_is_noticed(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    written = project.root / "written"
    written.write_text("import flaskk\n")

    written.replace(project.stub(1))

    assert terminal.wait_for("there is no module of that name")


def test_a_saved_template_is_noticed(start, project):
    terminal = start()
    terminal.wait_for("e01 ·")

    (project.exercises[1].folder / "templates").mkdir()
    (project.exercises[1].folder / "templates/page.html").write_text("<p>")

    assert terminal.wait_for("e02 · How does sample 2 greet?")


def test_a_save_while_a_run_hangs_is_noticed_at_once(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    project.stub(1).write_text("while True: ...\n")
    terminal.wait_for("running…")

    project.stub(1).write_text("import flaskk\n")

    assert terminal.wait_for("there is no module of that name")


def test_a_run_that_hangs_is_ended_and_its_line_named(start, project):
    tox = project.root / "tox.ini"
    tox.write_text(tox.read_text().replace("[pytest]\n", "[pytest]\nkata_time_limit = 1\n", 1))
    terminal = start()
    terminal.wait_for("Still to be written")

    project.stub(1).write_text("\n\nwhile True: ...\n")

    assert terminal.wait_for("The test did not end within 1 s", "sample1.py, line 3")


def test_the_last_of_many_saves_is_the_one_judged(start, project, answer):
    terminal = start()
    terminal.wait_for("Still to be written")
    chance = random.Random(3)

    for n in range(10):
        if chance.random() < 0.2:
            project.stub(1).write_text("while True: ...\n")
        answer(1, f"Hello {n}")
        if chance.random() < 0.5:
            terminal.wait_for(f"actual   (200, 'Hello {n}')")

    assert terminal.wait_for("actual   (200, 'Hello 9')")


def test_an_exercise_whose_tests_are_all_skipped_is_stayed_at(start, project):
    project.solve(1)
    test_file = project.exercises[0].test_file
    test_file.write_text(f"{test_file.read_text()}\n\npytestmark = pytest.mark.skip\n")

    screen = start().wait_for("e01 is not solved: no test failed, but", "0/3 solved")

    assert "e02" not in screen
