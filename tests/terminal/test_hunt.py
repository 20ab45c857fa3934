"""A bug hunt, as the learner has it: in a terminal, and line by line in a pipe."""

import io
import shutil
import sys

import pytest
from click.testing import CliRunner
from rich.console import Console

from kata.cli import main, words
from kata.course import journal, progress
from kata.course.entries import Note
from kata.course.standing import SOLVED, UNSOLVED
from kata.judge.outcome import Failure
from kata.terminal import hunt_pages

BY_NAME = "test_the_page_greets_by_name"


@pytest.fixture
def project(project):
    """Return the small project, its first exercise solved, with wrong answers to it, in lines 9 and 13."""
    project.keep(1, "wrong_loud", "Shout.", '"Hello"', '"HELLO"', caught_by="test_the_page_greets")
    project.keep(1, "wrong_ada", "Greet Ada alone.", "{name}", "Ada", caught_by=BY_NAME)
    progress.note(project.root, Note(SOLVED, "e01_sample1"))
    return project


@pytest.fixture
def hunt(project, monkeypatch):
    """Return a function that hunts in the small project, with lines for keys."""
    monkeypatch.setattr(words, "ROOT", project.root)
    monkeypatch.chdir(project.root)
    return lambda *arguments, lines=(): CliRunner().invoke(
        main, ["hunt", *arguments], input="".join(f"{line}\n" for line in lines)
    )


def noted(project) -> list[dict]:
    return [
        {name: each.data[name] for name in ("answer", "found", "line", "cause")}
        for each in journal.entries(project.root)
        if each.what == "hunted"
    ]


def key_of(cause: str, screen: str) -> str:
    return next(line.split()[0] for line in screen.splitlines() if cause in line)


def test_a_bug_is_found_in_a_terminal(start_command, project):
    terminal = start_command(sys.executable, "-m", "kata", "hunt", "e01", "--seed", "4")

    screen = terminal.wait_for("pull request for e01", "sample1.py", "t README", ">")
    assert "ada" not in screen.lower().replace('"hello, ada"', "")
    terminal.press("13\n")
    screen = terminal.wait_for("What is wrong there?", "1 · 2 · q leave")
    terminal.press(key_of("Greet Ada alone.", screen))
    screen = terminal.wait_for(
        "✗ The page greets by name (Grace)",
        "expected 'Hello, Grace'",
        "Found: the line is right, and so is the cause.",
        "The reference at that place:",
        "kata hunt e01",
    )

    assert terminal.wait_for_end() == 0
    assert '13 -         return f"Hello, Ada"' in screen
    assert noted(project) == [{"answer": "wrong_ada", "found": True, "line": True, "cause": True}]


def test_readme_and_request_are_at_hand_and_what_is_no_line_is_asked_again(hunt, project):
    run = hunt("e01", "--seed", "4", lines=["t", "99", "b3", "s", "n"])

    assert "Step 2: A name" in run.output
    assert run.output.count("There is no such line.") == 2
    assert run.output.count("A colleague's pull request for e01") == 2
    assert "Something is wrong with it. Look at line 13." in run.output
    assert noted(project) == [
        {"answer": "wrong_ada", "found": False, "line": False, "cause": False}
    ]


def test_a_request_with_nothing_wrong_passes_its_tests(hunt, project):
    for answer in (project.root / "tests/answers/e01_sample1").glob("wrong_*"):
        answer.unlink()
    project.keep(1, "right_plus", "Add the name.", 'f"Hello, {name}"', '"Hello, " + name')

    right, wrong = (hunt("e01", lines=lines) for lines in (["n"], ["13"]))

    assert "All 3 tests pass." in right.output
    assert "Right: nothing is wrong with it." in right.output
    assert "What is wrong there?" not in wrong.output
    assert "\nNothing is wrong with it." in wrong.output
    assert [each["found"] for each in noted(project)] == [True, False]


def test_who_leaves_has_hunted_nothing(hunt, project):
    for lines in (["q"], ["13", "q"], []):
        run = hunt("e01", "--seed", "4", lines=lines)
        assert (run.exit_code, run.output.splitlines()[-1][:5]) == (0, "Left:")

    assert noted(project) == []


def test_who_has_not_solved_the_exercise_may_turn_back(hunt, project):
    progress.note(project.root, Note(UNSOLVED, "e01_sample1"))

    run = hunt("e01", lines=["q"])
    assert "e01 is not solved yet" in run.output
    assert "pull request for" not in run.output
    assert "pull request for e01" in hunt("e01", lines=["", "q"]).output


def test_where_there_are_no_answers_one_sentence_says_so(hunt, project):
    assert "for e02 here: tests/answers/e02_sample2 is missing." in hunt("e02").output
    shutil.rmtree(project.root / "solutions")

    run = hunt("e01")
    assert "for e01 here: solutions/easy/e01_sample1 is missing." in run.output
    assert run.exit_code == 2
    assert "There is nothing to hunt here" in hunt().output


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("It answers without a Response object.", ["It answers without a", "Response object."]),
        ("KeyError: 'x_request_identifier'", ["KeyError: 'x_request_iden", "tifier'"]),
    ],
    ids=["at a blank", "where there is none near"],
)
def test_a_sentence_breaks_at_a_blank_if_it_can(sentence, shown):
    found = Failure("e01_sample1", "", "test_it", 0, 1, "", "", sentence=sentence)
    console = Console(width=29, file=io.StringIO())

    console.print(hunt_pages.failure(found, console.width))

    assert [line.strip() for line in console.file.getvalue().splitlines()[1:]] == shown
