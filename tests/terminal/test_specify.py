"""The conversation about the tests that a learner writes."""

import sys

from kata.practice.specs import specifying


def test_a_hint_and_another_run_are_a_key_away(project, start_command):
    project.keep(1, "wrong_loud", "Greet too loud.", '"Hello"', '"HELLO"')
    terminal = start_command(sys.executable, "-m", "kata", "specify", "e01")
    terminal.wait_for("A file for them was made", "Enter run the tests", "q leave")
    file = specifying.place(project.exercises[0], project.root)

    file.write_text("def test_it(exercise):\n    exercise.create_app()\n")
    terminal.press("\r")
    terminal.wait_for("0 of 1 wrong answers are caught (0 %)", "h a hint")
    terminal.press("h")
    terminal.wait_until(
        lambda screen: "Enter run" in screen.partition("Without a hint so far: 0.")[2],
        "no hint came",
    )
    assert "Greet too loud." in terminal.screen
    file.write_text(
        "def test_it(exercise):\n"
        "    client = exercise.create_app().test_client()\n"
        "    assert client.get('/').text == 'Hello'\n"
    )
    terminal.press("\r")
    terminal.wait_until(
        lambda screen: "Enter run" in screen.partition("the specification is complete")[2],
        "the end never came",
    )
    assert "1 of 1 wrong answers are caught (100 %)" in terminal.screen
    terminal.press("q")

    assert terminal.wait_for_end() == 0
