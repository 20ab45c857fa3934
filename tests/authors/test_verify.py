"""What `kata verify` finds, and that nothing is left of it when it is stopped."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from kata.authors import verify
from kata.course import workspace
from kata.judge import parallel
from kata.judge.batch import Candidate

DEADLINE = 30.0

ANSWERS = "tests/answers/e01_sample1"
NAMED = "# caught by: test_the_page_greets\n"


@pytest.fixture
def keep(project):
    """Return a function that keeps an answer to an exercise of the small project."""

    def keep(n: int, name: str, text: str) -> Path:
        answer = project.root / "tests" / "answers" / project.exercises[n - 1].id / name
        answer.parent.mkdir(parents=True, exist_ok=True)
        answer.write_text(text)
        return answer

    return keep


@pytest.fixture
def solution(project):
    """Return the text of the solution of the first exercise."""
    exercise = project.exercises[0]
    return (exercise.within(project.root / "solutions") / exercise.stub.name).read_text()


def found(project, column: str, n: int = 1) -> list[str]:
    """Return what is wrong with an exercise in a column."""
    exercise = project.exercises[n - 1]
    return verify.verify([exercise], project.root).problems[exercise][column]


def test_answers_that_are_as_they_say_are_fine(project, keep, solution):
    keep(1, "right_same.py", solution)
    keep(1, "wrong_silent.py", NAMED + solution.replace('"Hello"', '""'))

    assert found(project, "right answers") == found(project, "wrong answers") == []


def test_a_right_answer_that_fails_is_told_with_its_failure(project, keep, solution):
    keep(1, "right_silent.py", solution.replace('"Hello"', '""'))

    [sentence] = found(project, "right answers")

    assert sentence.startswith(f"{ANSWERS}/right_silent.py: test_the_page_greets fails: ")
    assert "assert (200, '') == (200, 'Hello')" in sentence


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        (NAMED, "test_the_page_greets passes."),
        ("# caught by: test_no_such_thing\n", "there is no test test_no_such_thing."),
        ("", "there is no line `# caught by: test_…`."),
    ],
    ids=["not caught", "unknown test", "no test named"],
)
def test_a_wrong_answer_has_to_fail_in_a_test_that_it_names(
    project, keep, solution, comment, sentence
):
    keep(1, "wrong_not_at_all.py", comment + solution)

    assert found(project, "wrong answers") == [f"{ANSWERS}/wrong_not_at_all.py: {sentence}"]


def test_a_stub_that_passes_a_test_is_told(project, solution):
    project.stub(1).write_text(solution.replace('f"Hello, {name}"', "name"))

    assert found(project, "stub fails") == [
        "exercises/easy/e01_sample1/sample1.py: test_the_page_greets passes on the untouched stub."
    ]


def test_tests_that_cannot_be_collected_are_told_with_what_pytest_says(project):
    project.exercises[0].test_file.write_text("import nothing_of_this_name\n")

    [sentence] = found(project, "solution passes")

    assert sentence.startswith("solutions/easy/e01_sample1/sample1.py: no test ran: ")
    assert "ERROR exercises/easy/e01_sample1/test_sample1.py" in sentence


def test_what_an_answer_does_to_its_process_no_other_sees(project, keep, solution):
    keep(1, "wrong_a_leaves.py", f"{NAMED}import os\nos._exit(0)\n")
    keep(1, "wrong_b_breaks_flask.py", f"{NAMED}import flask\nflask.Flask.get = None\n{solution}")
    keep(1, "wrong_c_is_right.py", NAMED + solution)

    assert found(project, "wrong answers") == [
        f"{ANSWERS}/wrong_c_is_right.py: test_the_page_greets passes."
    ]


def test_more_answers_than_one_process_judges_keep_their_order(project, keep, solution):
    for number in range(30):
        keep(1, f"wrong_{number:02}.py", NAMED + solution.replace('"Hello"', f'"{number}"'))
    for number in (7, 19):
        keep(1, f"wrong_{number:02}.py", NAMED + solution)

    assert found(project, "wrong answers") == [
        f"{ANSWERS}/wrong_07.py: test_the_page_greets passes.",
        f"{ANSWERS}/wrong_19.py: test_the_page_greets passes.",
    ]


def test_a_candidate_may_be_left_at_its_first_failure(project, keep, solution):
    answer = keep(1, "wrong_silent.py", solution.replace("Hello", ""))
    candidates = [Candidate(project.root / "solutions", answer, until_failure=True)]

    [verdict] = parallel.judge({project.exercises[0]: candidates})[project.exercises[0]]

    assert list(verdict.outcomes.values()) == ["failed"]


def test_one_process_judges_as_many_as_there_are(project):
    candidates = [Candidate(project.root / "solutions")] * 30

    found = parallel.judge({project.exercises[0]: candidates}, processes=1)

    assert [each.passed for each in found[project.exercises[0]]] == [True] * 30


def test_a_batch_that_finds_no_room_for_its_files_ends_alone(project, monkeypatch):
    work = {project.exercises[0]: [Candidate(project.root / "solutions")]}
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **_: str(project.root / "missing"))
    processes = project.root / "processes"
    try:
        parallel.judge(work)
    except FileNotFoundError:  # What it wrote cannot be read.
        with processes.open("a") as file:
            file.write(f"{os.getpid()}\n")

    assert processes.read_text().split() == [str(os.getpid())]


def test_how_far_it_is_is_shown_on_a_terminal_alone(project):
    shown = []
    for terminal in (True, False):
        output = io.StringIO()
        verify.verify(
            project.exercises, project.root, Console(file=output, force_terminal=terminal)
        )
        shown.append("Judging" in output.getvalue())

    assert shown == [True, False]


def test_the_report_keeps_the_order_of_the_exercises(clone, project):
    project.exercises[1].stub.unlink()

    run = kata_verify(clone)
    output, _ = run.communicate(timeout=DEADLINE)

    rows = [line[:3] for line in output.splitlines() if "_sample" in line and "✗" in line]
    assert rows == ["e01", "e02", "e03"]
    assert "e02, texts and names: exercises/easy/e02_sample2/sample2.py is missing." in output
    assert run.returncode == 1


@pytest.mark.parametrize("signaled", ["the command", "its group"])
def test_an_interrupt_ends_all_processes(clone, keep, tmp_path, signaled):
    """A terminal sends Ctrl-C to the whole group, `kill` to one process."""
    for n in (1, 2):
        text = f"import os, pathlib\npathlib.Path('{tmp_path}/{n}').write_text(str(os.getpid()))\n"
        keep(n, "wrong_endless.py", f"{NAMED}{text}while True:\n    pass\n")
    run = kata_verify(clone)
    pids = [int(eventually(lambda n=n: (tmp_path / str(n)).read_text())) for n in (1, 2)]
    processes = [psutil.Process(pid) for pid in pids]

    send = os.kill if signaled == "the command" else os.killpg
    send(run.pid, signal.SIGINT)

    output, _ = run.communicate(timeout=DEADLINE)
    assert psutil.wait_procs(processes, DEADLINE)[1] == []
    assert (run.returncode, "Aborted!" in output) == (1, True)


def kata_verify(clone: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "kata", "verify"],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def eventually(look):
    """Return what is found, as soon as there is something."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except OSError:
            pass
        time.sleep(0.01)
    raise AssertionError("It did not happen.")


@pytest.fixture
def shipped(project, monkeypatch):
    """Return the small project, of which everything is shipped as it is."""
    archive = project.root / "shipped.zip"
    monkeypatch.setattr(workspace, "ARCHIVE", archive)
    archive.write_bytes(workspace.pack(project.root))
    return project


@pytest.mark.parametrize("spoilt", ["", "def create_app(:\n"], ids=["solved", "broken"])
def test_where_somebody_has_solved_something_the_shipped_stub_is_checked(shipped, spoilt):
    before = verify.verify(shipped.exercises, shipped.root)
    shipped.solve(1)
    if spoilt:
        shipped.stub(1).write_text(spoilt)

    report = verify.verify(shipped.exercises, shipped.root)

    assert report.problems == before.problems
    assert report.notes == (
        "exercises/easy/e01_sample1/sample1.py was changed: the shipped one was checked. "
        "For authors: --as-edited, and kata pack",
    )


def test_an_author_has_the_stub_checked_as_it_is(shipped):
    shipped.solve(1)

    report = verify.verify(shipped.exercises[:1], shipped.root, as_edited=True)

    [columns] = report.problems.values()
    assert any("passes on the untouched stub" in said for said in columns["stub fails"])
    assert report.notes == ()


def test_every_sentence_names_the_whole_path(shipped):
    for file in (shipped.exercises[0].hints, shipped.exercises[0].readme):
        file.write_text("")

    sentences = found(shipped, "texts and names")

    assert all(
        sentence.startswith(("exercises/easy/", "solutions/easy/", "tests/answers/"))
        for sentence in sentences
    )
