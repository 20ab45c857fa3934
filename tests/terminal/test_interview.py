"""An interview, as the learner has it: in a terminal, and line by line in a pipe."""

import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from kata.cli import main, words
from kata.course import journal, progress, workspace
from kata.course.entries import Note
from kata.practice.interviews import concluding, desk, interview_report, interviewing
from kata.practice.interviews.interviewing import Result
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION, Round

WRONG = [
    ("wrong_lower", "Names are in lower case.", "{name}", "{name.lower()}", "by_name"),
    ("wrong_bye", "Everybody is sent away.", "Hello, {name}", "Bye, {name}", "by_name"),
    ("wrong_loud", "The page shouts.", '"Hello"', '"HELLO"', "greets"),
]
QUESTION_ASKED = ["", "1-2", "", "y", "s", ""]  # Good: 2 of 3 points, 1 of 2 follow-ups.
NOTHING_IS_WRONG = ["n"]


class Lines(io.BytesIO):
    """Lines of a pipe, each written when it is read; one that is a function is called for that."""

    def __init__(self, lines: list[str | Callable[[], str]]) -> None:
        super().__init__()
        self._lines: Iterator[str | Callable[[], str]] = iter(lines)

    def read1(self, size: int = -1) -> bytes:
        line = next(self._lines, None) if size else None
        if line is None:
            return b""
        return f"{line() if callable(line) else line}\n".encode()

    read = read1


@pytest.fixture
def shipped(project, monkeypatch):
    """Return the small project with all that an interview needs."""
    for n in (1, 2, 3):
        for name, about, before, after, test in WRONG:
            caught = f"test_the_page_{'greets_' if test == 'by_name' else ''}{test}"
            project.keep(n, name, about, before, after, caught_by=caught)
    monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
    return project


@pytest.fixture
def interview(shipped, monkeypatch):
    """Return a function that holds an interview in the small project, with lines for keys."""
    monkeypatch.setattr(words, "ROOT", shipped.root)
    monkeypatch.chdir(shipped.root)
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *arguments, lines=(): CliRunner().invoke(
        main, ["interview", *arguments], input=Lines(lines)
    )


@pytest.fixture
def solve(shipped):
    """Return a function that solves the exercise on the desk, and presses Enter."""

    def solve() -> str:
        (stub,) = shipped.root.glob(".kata/interviews/*/exercises/*/*/sample?.py")
        exercise = next(each for each in shipped.exercises if each.id == stub.parent.name)
        shutil.copyfile(exercise.within(shipped.root / "solutions") / stub.name, stub)
        return ""

    return solve


def files_of(project) -> dict:
    below = (project.root / "exercises").rglob("*")
    return {path: path.read_bytes() for path in below if path.is_file()}


def finished(project):
    return [each for each in journal.entries(project.root) if each.what == "interviewed"]


def test_from_the_first_question_to_the_report(interview, shipped, solve):
    before = files_of(shipped)

    run = interview(
        *("--seed", "3", "--level", "junior", "--minutes", "30"),
        lines=["", *QUESTION_ASKED, "", *QUESTION_ASKED, "", *NOTHING_IS_WRONG, "", "", solve],
    )

    assert run.exit_code == 0
    for said in (
        *("Level junior · 30 minutes · seed 3", "Round 1 of 4 · Question · 4 minutes"),
        *("7 of 10 points", "✗  Step 1: A greeting  0 of 1 tests", "Answer / with Hello"),
        *("✓  Step 2: A name      2 of 2 tests", "20 of 20 points", "Revise first"),
        "kata interview --seed 3 --level junior --minutes 30",
    ):
        assert said in run.stdout
    assert max(len(line.removeprefix("> ")) for line in run.stdout.splitlines()) <= 80
    assert files_of(shipped) == before
    (entry,) = finished(shipped)
    assert [each["kind"] for each in entry.data["rounds"]] == [QUESTION, QUESTION, HUNT, CODE]
    assert {e.what for e in journal.entries(shipped.root)} == {"rehearsed", "hunted", "interviewed"}
    (folder,) = (shipped.root / ".kata/interviews").iterdir()
    assert "20 of 20" in (folder / "report.html").read_text()
    assert interview("--report").stdout in run.stdout


def test_one_leaves_and_goes_on(interview, shipped, solve):
    first = interview("--minutes", "25", lines=["", *QUESTION_ASKED, "", "", "1"])
    assert "Stopped after 1 of 4 rounds; all is kept. To go on: python3 -m kata interview" in (
        first.stdout
    )

    lines = ["r", *QUESTION_ASKED, "", *NOTHING_IS_WRONG, "", solve]
    again = interview(lines=lines)

    assert "1 of 4 rounds are done" in again.stdout
    assert "✓  Question" in again.stdout
    assert "Report ──" in again.stdout
    assert len(finished(shipped)) == 1


def test_one_begins_a_new_one_and_the_old_one_stays(interview, shipped):
    interview("--seed", "1", lines=[""])

    run = interview("--seed", "2", lines=["n"])

    assert "seed 2" in run.stdout
    states = [each.state for each in interviewing.find_all(shipped.root)]
    assert {(each.seed, each.status) for each in states} == {(1, "left"), (2, "under way")}


def test_a_seed_gives_the_interview_again_whatever_happened_since(interview, shipped):
    def laid_out(*arguments):
        known = {each.id for each in interviewing.find_all(shipped.root)}
        interview(*arguments, lines=["n"])
        (new,) = [each for each in interviewing.find_all(shipped.root) if each.id not in known]
        return new.state

    drawn = laid_out("--minutes", "30")
    given = laid_out("--seed", "77")
    rehearsed = given.rounds[0].exercise
    progress.note(shipped.root, Note("rehearsed", rehearsed, {"rating": "easy"}))

    again = laid_out("--minutes", "30", "--seed", str(drawn.seed))
    assert (again.rounds, again.seed) == (drawn.rounds, drawn.seed)
    shutil.rmtree(shipped.root / ".kata")
    assert laid_out("--seed", "77").rounds == given.rounds


def in_its_last_round(project):
    """Return an interview of which the exercise is left."""
    rounds = [Round(QUESTION, "e01_sample1", 4), Round(CODE, "e02_sample2", 15)]
    held = interviewing.begin(project.root, seed=1, level="junior", minutes=25, rounds=rounds)
    asked = {"rating": "good", "ticked": 1, "points": 2, "followups": 0, "asked": 0}
    held.end_round(Result(5, 10, 200, asked))
    return held


def test_when_the_time_is_up_the_last_save_counts(interview, shipped, solve):
    in_its_last_round(shipped).spend(14 * 60)
    interview(lines=["r", "t"])  # The desk is laid out, and the task is read.
    solve()
    (held,) = interviewing.find_all(shipped.root)
    held.spend(15 * 60 + 1)

    run = interview(lines=["r"])

    assert "The time is up." in run.stdout
    assert "20 of 20 points, in 15:0" in run.stdout


def test_what_is_not_in_the_tree_any_more_is_passed_over(interview, shipped):
    in_its_last_round(shipped)
    shutil.rmtree(shipped.exercises[1].folder)

    run = interview(lines=["r"])

    assert "What the round on e02_sample2 needs is not here any more" in run.stdout
    assert "5 of 10 points" in run.stdout
    assert len(finished(shipped)) == 1


def test_ctrl_c_while_the_tests_run_leaves_nothing_behind(start_command, shipped, clone):
    (clone / "kata/course/shipped.zip").write_bytes(workspace.ARCHIVE.read_bytes())
    held = in_its_last_round(shipped)
    told = shipped.root / "told"
    desk.lay_out(shipped.exercises[1], held.folder).stub.write_text(
        f"import os, pathlib\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))\nwhile True: pass\n"
    )
    terminal = start_command(sys.executable, "-m", "kata", "interview")
    terminal.wait_for("r go on with it")
    terminal.press("r")
    terminal.wait_for("Enter run the tests")
    terminal.press("\r")
    terminal.wait_until(lambda _: told.exists() and told.read_text(), "the tests never ran")

    terminal.press("\x03")
    terminal.wait_for("Stopped after 1 of 2 rounds; all is kept.")

    assert terminal.wait_for_end() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


@pytest.mark.parametrize("missing", ["solutions", "tests/answers", "shipped.zip"])
def test_a_tree_without_what_it_needs_says_so(interview, shipped, missing):
    path = shipped.root / missing
    path.unlink() if path.is_file() else shutil.rmtree(path)

    run = interview()

    assert run.exit_code == 2
    assert "An interview needs exercises with" in run.stderr


def test_what_cannot_be_kept_is_said(interview, shipped):
    (shipped.root / ".kata").mkdir()
    (shipped.root / ".kata/interviews").write_text("no folder")

    run = interview()

    assert (run.exit_code, "cannot be kept in .kata/interviews" in run.stderr) == (1, True)
    assert "kata doctor" in run.stderr


def test_a_journal_that_cannot_be_read_stops_no_interview(interview, shipped):
    (shipped.root / ".kata/journal.jsonl").mkdir(parents=True)
    in_its_last_round(shipped)

    run = interview(lines=["r", "f"])

    assert "journal.jsonl cannot be read" in run.stderr
    assert "5 of 30 points" in run.stdout
    assert run.exit_code == 0


def test_an_interview_that_is_held_elsewhere_is_left_alone(interview, shipped):
    interview(lines=[""])
    (held,) = interviewing.find_all(shipped.root)

    with held.taken():
        run = interview()

    assert (run.exit_code, run.stderr) == (
        2,
        "This interview is being held in another terminal.\n",
    )


def test_the_history_draws_the_way_of_several(interview, shipped, time_machine):
    for day, points in ((24, 3), (25, 6), (26, 9.5)):
        time_machine.move_to(f"2026-11-{day}T18:30:00Z", tick=False)
        rounds = [Round(QUESTION, "e01_sample1", 4), Round(CODE, "e02_sample2", 15)]
        held = interviewing.begin(shipped.root, seed=day, level="middle", minutes=45, rounds=rounds)
        asked = {"rating": "good", "ticked": 1, "points": 2, "followups": 0, "asked": 0}
        held.end_round(Result(points, 10, 200, asked))
        held.end_round(Result(2 * points, 20, 700, {"steps": [], "files": {}}))
        concluding.conclude(shipped.root, held, shipped.exercises)

    run = interview("--history")

    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) < 24
    assert [line.split("  ")[0] for line in lines if line.startswith("Nov")] == [
        f"Nov {day}, {18 + journal.entries(shipped.root)[0].at.utcoffset().seconds // 3600}:30"
        for day in (24, 25, 26)
    ]
    assert "28.5 of 30" in run.stdout
    assert "All       ▃▅█  30% → 95%" in lines
    assert "Exercise  ▃▅█  30% → 95%" in lines
    wanted = interview_report.find_all(shipped.root)[0].id
    assert "9 of 30 points" in interview("--report", wanted).stdout
    refused = interview("--report", "another")
    assert (refused.exit_code, wanted in refused.stderr) == (2, True)


def test_without_an_interview_there_is_no_history(interview):
    run = interview("--history")

    assert (run.exit_code, run.stderr) == (
        1,
        "There is no finished interview yet. To hold one: python3 -m kata interview\n",
    )


def test_in_a_terminal_it_survives_being_killed_and_runs_at_a_save(
    start_command, shipped, clone, solve
):
    (clone / "kata/course/shipped.zip").write_bytes(workspace.ARCHIVE.read_bytes())
    command = [sys.executable, "-m", "kata", "interview"]

    def kill(terminal) -> None:
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.wait_for_end() == -signal.SIGKILL

    terminal = start_command(*command, "--minutes", "25", "--seed", "4", "--level", "junior")
    terminal.wait_for("Enter begin")
    terminal.press("\r")
    terminal.wait_for("Round 1 of 4", " of 0:15  Enter show the answer")
    kill(terminal)

    terminal = start_command(*command)
    terminal.wait_for("0 of 4 rounds are done.", "r go on with it · n begin a new one")
    terminal.press("r")
    terminal.wait_for("Enter begin")
    terminal.press("\r")
    for _ in range(2):
        terminal.wait_for("Enter show the answer")
        terminal.press("\r")
        terminal.wait_for("Which did you say?")
        terminal.press("all\n")
        terminal.wait_for("s skip the rest")
        terminal.press("s")
        terminal.wait_for("Enter as suggested")
        terminal.press("\r")
        terminal.wait_for("Enter next round")
        terminal.output = ""
        terminal.press("\r")
    terminal.wait_for("Round 3 of 4 · Bug hunt", "n nothing is wrong")
    kill(terminal)

    terminal = start_command(*command)
    terminal.wait_for("2 of 4 rounds are done.", "r go on with it")
    terminal.press("r")
    terminal.wait_for("n nothing is wrong")
    terminal.press("n\n")
    terminal.wait_for("Enter next round")
    terminal.press("\r")
    terminal.wait_for("Round 4 of 4 · Exercise", "of 11:00  Enter run the tests")
    kill(terminal)

    terminal = start_command(*command)
    terminal.wait_for("3 of 4 rounds are done.", "r go on with it")
    terminal.press("r")
    terminal.wait_for("of 11:00  Enter run the tests")
    solve()
    terminal.wait_for("2 of 2 tests", "20 of 20 points", "Report ──", "Once more:")
    assert terminal.wait_for_end() == 0
    (folder,) = (shipped.root / ".kata/interviews").iterdir()
    assert json.loads((folder / "state.json").read_text())["status"] == "finished"
    assert len(finished(shipped)) == 1
