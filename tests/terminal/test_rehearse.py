"""A rehearsal, as the learner has it: in a terminal, and line by line in a pipe."""

import shutil
import sys

import pytest
from click.testing import CliRunner

from kata.cli import main, words
from kata.course import journal


@pytest.fixture
def rehearse(project, monkeypatch):
    """Return a function that rehearses in the small project, with lines for keys."""
    monkeypatch.setattr(words, "ROOT", project.root)
    monkeypatch.chdir(project.root)
    return lambda *arguments, lines=(): CliRunner().invoke(
        main, ["rehearse", *arguments], input="".join(f"{line}\n" for line in lines)
    )


def noted(project) -> list[tuple[str, dict]]:
    return [
        (each.exercise, {**each.data, "seconds": 0})
        for each in journal.entries(project.root)
        if each.what == "rehearsed"
    ]


def note(rating: str, ticked: int, had: int, asked: int) -> dict:
    kept = {"rating": rating, "seconds": 0, "ticked": ticked, "points": 3}
    return {**kept, "followups": had, "asked": asked}


def wait_for_keys_after(terminal, text: str, keys: str) -> None:
    """Wait until keys can be pressed that were also to be pressed before."""
    terminal.wait_until(lambda screen: keys in screen.partition(text)[2], f"{keys} never came")


def test_a_question_is_rehearsed_in_a_terminal(start_command, project):
    terminal = start_command(sys.executable, "-m", "kata", "rehearse", "e01")

    screen = terminal.wait_for("e01 · How does sample 1 greet?", " of 0:15  Enter show the answer")
    assert "A page that greets whoever asks." in screen
    assert "escapes" not in screen
    terminal.press("n")
    terminal.wait_for("Your notes; an empty line ends them.")
    terminal.press("two routes\n\n")
    wait_for_keys_after(terminal, "two routes", "n type notes")
    terminal.press("\r")
    terminal.wait_for(
        " 2 And it escapes what it got", "Your notes", "  two routes", "or all; Enter for none"
    )
    terminal.press("1-2\n")
    terminal.wait_for("2 of 3 points. Not said: 3.", "goes on · 1 of 2", "s skip the rest")
    terminal.press("\r")
    terminal.wait_for("A text without a slash.", "y I had that")
    terminal.press("y")
    wait_for_keys_after(terminal, "goes on · 2 of 2", "s skip the rest")
    terminal.press("s")
    terminal.wait_for("2 of 3 points suggest: good.", "Enter as suggested")
    terminal.press("h")

    terminal.wait_for("What you rehearsed", "Worth another look", "kata rehearse e01")
    assert terminal.wait_for_end() == 0
    assert noted(project) == [("e01_sample1", note("hard", 2, 1, 1))]


def test_in_a_pipe_a_line_takes_the_place_of_a_key(rehearse, project):
    run = rehearse("-n", "2", lines=["", "all", "", "y", "", "y", "", "", "", "s", "again"])

    assert "3 of 3 points. Nothing is missing." in run.stdout
    assert "0 of 3 points. Not said: 1, 2, 3." in run.stdout
    assert "e02  0 of 3  none" in run.stdout
    assert "Next: python3 -m kata rehearse e02" in run.stdout
    assert run.exit_code == 0
    assert noted(project) == [
        ("e01_sample1", note("easy", 3, 2, 2)),
        ("e02_sample2", note("again", 0, 0, 0)),
    ]


def test_what_was_rated_before_one_leaves_is_kept(rehearse, project):
    run = rehearse(lines=["", "1", "s", "", "", "q"])

    assert "Left at question 2 of 3; what you have rated is kept." in run.stdout
    assert "What you rehearsed" in run.stdout
    assert noted(project) == [("e01_sample1", note("hard", 1, 0, 0))]


def test_without_anybody_to_answer_nothing_is_kept(rehearse, project):
    run = rehearse("e02")

    assert run.stdout.endswith("Left at question 1 of 1; nothing was rated yet.\n")
    assert (run.exit_code, noted(project)) == (0, [])


def test_what_is_no_number_of_a_point_is_asked_for_again(rehearse):
    run = rehearse("e01", lines=["", "1,x", "4", "2 - 3, 1", "s", "e"])

    assert "“1,x” is not understood. Type numbers, such as 1 3-5, all, or nothing." in run.stdout
    assert "There is no point 4; they go from 1 to 3." in run.stdout
    assert "3 of 3 points. Nothing is missing." in run.stdout
    assert "Worth another look" not in run.stdout


def test_what_could_not_be_saved_is_said(rehearse, project):
    (project.root / ".kata").write_text("no folder")

    assert "nothing is saved" in rehearse("e01", lines=["", "", "s", ""]).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["e01"], "There is no model answer of e01 here: solutions/easy/e01_sample1/answer.md"),
        ([], "There is no model answer of e03 here"),
        (["e01", "--tier", "easy"], "Name an exercise or a tier, not both."),
        (["-n", "0"], "0 is not in the range"),
    ],
    ids=["named", "any", "two ways to choose", "none"],
)
def test_misuse_of_a_rehearsal_gets_a_sentence(rehearse, project, arguments, said):
    shutil.rmtree(project.root / "solutions")
    run = rehearse(*arguments)

    assert said in run.stderr
    assert run.exit_code == 2
