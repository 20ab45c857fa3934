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
