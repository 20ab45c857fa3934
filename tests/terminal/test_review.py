"""What is due, in a terminal: from the table into what is to be done."""

import sys
from datetime import datetime, timedelta

import time_machine

from kata.course import progress, workspace
from kata.course.entries import Note


def test_an_exercise_is_chosen_by_keys_and_put_back(start_command, project, clone):
    (clone / "kata" / "course" / "shipped.zip").write_bytes(workspace.pack(clone))
    exercise = project.exercises[0]
    project.solve(1)
    with time_machine.travel(datetime.now().astimezone() - timedelta(days=30), tick=False):
        for each in ("run", "solved"):
            progress.note(clone, Note(each, exercise.id))

    terminal = start_command(sys.executable, "-m", "kata", "review")
    screen = terminal.wait_for("again", "e01", "q leave")
    assert "2 due" in screen
    terminal.press("xo")
    terminal.wait_for("Which one, 1 to 2?")
    terminal.press("2\r")
    terminal.wait_for("To solve e01 again, its stub comes back", "Enter bring the stub back")
    terminal.press("\r")

    terminal.wait_for("To solve it again:", "e01")
    assert terminal.wait_for_end() == 0
    assert "raise NotImplementedError" in exercise.stub.read_text()
    assert progress.load(clone).again == {exercise.id}


def test_the_watcher_stays_with_an_exercise_that_was_put_back_until_it_is_solved(start, project):
    for what, n in (("solved", 1), ("solved", 3), ("again", 3), ("at", 3)):
        progress.note(project.root, Note(what, project.exercises[n - 1].id))

    terminal = start()
    terminal.wait_for("e03 · How does sample 3 greet?", "2/3 solved · ★ 2")
    terminal.press("l")
    terminal.wait_for("e03  ★ ↻ again · step 1 of 2 · 0/3")
    terminal.press("\x1b")
    project.solve(3)

    terminal.wait_for("✓ e03 is solved", "e02 · How does sample 2 greet?", "2/3 solved · ★ 2")
    assert progress.load(project.root).again == set()
