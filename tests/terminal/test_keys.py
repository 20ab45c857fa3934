"""The keys of the watcher."""

import shutil
import sys

import pytest


def test_hints_come_one_by_one(start):
    terminal = start()
    terminal.wait_for("Still to be written")

    terminal.press("h")
    assert " 2 B" not in terminal.wait_for("e01, step 1: A greeting", " 1 A")
    terminal.press("h")
    assert terminal.wait_for(" 1 A", " 2 B")


def test_next_and_previous_move_between_exercises(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("n")
    terminal.wait_for("e02 · How does sample 2 greet?")
    terminal.press("p")

    assert terminal.wait_for("e01 · How does sample 1 greet?")


def test_a_solved_exercise_can_be_gone_back_to(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    project.solve(1)
    terminal.wait_for("✓ e01 is solved", "e02 ·", "h hint")

    terminal.press("p")
    terminal.wait_for_another("e02 ·", "running…")
    terminal.wait_for("✓ e01 is solved", "1/3 solved", "h hint")
    terminal.press("d")

    assert terminal.wait_for("sample1.py is the same as the solution.")


def test_the_list_shows_every_exercise(start):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press("l")

    screen = terminal.wait_for("0/3 solved", "Enter open")
    assert [f"e0{n}" in screen for n in (1, 2, 3)] == [True, True, True]


@pytest.mark.parametrize(("key", "text"), [("d", "the solution"), ("a", "What to say.")])
def test_the_solution_is_shown_after_a_question(start, key, text):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press(key)
    assert text not in terminal.wait_for("e01 is not solved yet. Hints come first", "y yes")
    terminal.press("y")

    assert terminal.wait_for(text)


def test_without_a_yes_the_solution_stays_hidden(start):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press("a")
    terminal.wait_for("y yes")
    terminal.press("n")

    assert "What to say." not in terminal.wait_for("e01 · How does sample 1 greet?")


def test_the_keys_are_explained(start):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press("?")

    assert terminal.wait_for("the next hint", "open in $EDITOR", "quit")


def test_the_editor_gets_the_stub(start, project):
    editor = project.root / "editor.py"
    editor.write_text("import sys\nopen(sys.argv[1], 'w').write('import flaskk')\n")
    terminal = start(EDITOR=f"{sys.executable} {editor}")
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("e")

    assert terminal.wait_for("there is no module of that name")


@pytest.mark.parametrize("key", ["d", "a"])
def test_where_there_is_no_solution_that_is_said_and_the_watcher_goes_on(start, project, key):
    shutil.rmtree(project.root / "solutions")
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press(key)

    terminal.wait_for("There is no solution of e01 here")
    terminal.press("h")
    assert terminal.wait_for(" 1 A")
