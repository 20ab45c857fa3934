"""The ``kata`` command, as a learner types it."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kata.cli import main
from kata.course import carrying
from kata.course.carrying import Plan, Step

ROOT = Path(__file__).parent.parent


def kata(clone: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(clone)}
    return subprocess.run(
        [sys.executable, "-m", "kata", *arguments],
        cwd=cwd or clone,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def shell(clone: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of kata as a shell does, with its redirections."""
    env = {**os.environ, "PYTHONPATH": str(clone)}
    line = f"exec {shlex.quote(sys.executable)} -m kata {command}"
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=clone,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_without_a_terminal_it_makes_one_focused_run(clone):
    run = kata(clone)

    assert run.stdout.startswith("e01 · How does sample 1 greet?")
    assert (run.returncode, run.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="There is no full device here.")
@pytest.mark.parametrize("command", ["list", "run e01"])
def test_an_output_that_cannot_be_written_is_told_in_a_sentence(clone, command):
    run = shell(clone, f"{command} >/dev/full")

    assert run.stderr == "The output could not be written: No space left on device.\n"
    assert run.returncode == 1


@pytest.mark.parametrize(
    ("command", "code"), [("run e01 <&- >&- 2>&-", 1), ("list >&-", 0), ("watch <&-", 2)]
)
def test_streams_that_are_closed_change_nothing(clone, command, code):
    run = shell(clone, command)

    assert "Traceback" not in run.stderr
    assert run.returncode == code


def test_the_help_lists_every_command_by_what_one_wants_to_do(clone):
    lines = kata(clone, "--help").stdout.splitlines()

    assert [line[:-1] for line in lines if line[:1].isalpha() and line.endswith(":")] == [
        *("Options", "Solve", "Practice", "Compare", "Keep in order", "Write exercises"),
    ]
    assert {line.split()[0] for line in lines if line.startswith("  ")} >= {
        name for name, command in main.commands.items() if not command.hidden
    }


@pytest.mark.parametrize("word", ["e02", "sample2", "exercises/easy/e02_sample2"])
def test_run_takes_an_exercise_by_any_of_its_names(clone, word):
    assert kata(clone, "run", word).stdout.startswith("e02")


def test_run_works_from_any_folder(clone):
    assert kata(clone, "run", "e02", cwd=clone / "exercises" / "easy").stdout.startswith("e02")


def test_run_exits_with_zero_when_all_tests_pass(clone, project):
    for n in (1, 2, 3):
        project.solve(n)
        run = kata(clone, "run", f"e0{n}")

    assert "3/3 solved" in run.stdout
    assert run.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "e99"], "There is no exercise “e99”."),
        (["run", "sample"], "“sample” fits more than one exercise"),
        (["jump"], "There is no exercise “jump”."),
    ],
    ids=["unknown exercise", "ambiguous exercise", "unknown command"],
)
def test_misuse_gets_a_sentence_and_exit_code_2(clone, arguments, sentence):
    run = kata(clone, *arguments)

    assert sentence in run.stderr
    assert run.returncode == 2


@pytest.fixture
def texts(clone, project):
    """Give each solution of the small project a model answer."""
    for exercise in project.exercises:
        folder = exercise.within(clone / "solutions")
        (folder / "answer.md").write_text(f"# {exercise.number}\n\nWhat to say.\n")


def test_hints_come_one_by_one_for_the_step_that_fails(clone, project):
    project.solve(1)
    stub = project.stub(1)
    stub.write_text(stub.read_text().replace('f"Hello, {name}"', '"Hello"'))
    kata(clone, "run", "e01")

    first, second, third, last = (kata(clone, "hint").stdout for _ in range(4))

    assert "e01, step 2: A name" in first
    assert [" 1 D" in first, " 2 E" in first] == [True, False]
    assert [" 2 E" in second, " 3 F" in second] == [True, False]
    assert " 3 F" in third
    assert last == third


def test_all_hints_can_be_had_at_once(clone):
    assert " 3 C" in kata(clone, "hint", "e02", "--all").stdout


def test_the_list_shows_state_and_question(clone, project):
    project.solve(1)
    kata(clone, "run", "e01")

    rows = [line.split() for line in kata(clone, "list").stdout.splitlines()]

    assert rows == [
        ["easy", "e01", "★", "mastered", "How", "does", "sample", "1", "greet?"],
        ["→", "easy", "e02", "How", "does", "sample", "2", "greet?"],
        ["easy", "e03", "How", "does", "sample", "3", "greet?"],
        ["1/3", "solved", "·", "★", "1"],
    ]


def test_in_a_narrow_terminal_only_the_questions_are_cut(clone, monkeypatch):
    monkeypatch.setenv("COLUMNS", "34")

    rows = kata(clone, "list").stdout.splitlines()

    assert rows[0] == "→ easy   e01    How does sample 1…"
    assert rows[1] == "  easy   e02    How does sample 2…"


def test_a_pipe_gets_the_questions_whole(clone, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    [readme] = (clone / "exercises" / "easy").glob("e02_*/README.md")
    question = f"How does sample 2 {'very ' * 30}long greet?"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace("How does sample 2 greet?", question), encoding="utf-8")

    assert question in kata(clone, "list").stdout


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="Root may look.")
def test_where_nobody_may_look_into_the_state_the_list_says_so(clone, project):
    state = project.root / ".kata"
    state.mkdir(mode=0)

    run = kata(clone, "list")
    state.chmod(0o700)

    assert "cannot be read (Permission denied), so progress is unknown" in run.stdout
    assert (run.returncode, run.stderr) == (0, "")


def test_show_prints_the_readme(clone):
    assert "Step 1: A greeting" in kata(clone, "show", "e02").stdout


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(
    ("command", "text"), [("diff", "the solution"), ("answer", "What to say.")]
)
def test_the_solution_needs_a_yes_before_the_exercise_is_solved(clone, project, command, text):
    refused = kata(clone, command, "e01")
    assert "e01 is not solved yet; hints come first: python3 -m kata hint e01." in refused.stderr
    assert "Usage" not in refused.stderr
    assert (refused.returncode, text in refused.stdout) == (1, False)

    assert text in kata(clone, command, "e01", "--yes").stdout

    project.solve(1)
    kata(clone, "run", "e01")
    assert kata(clone, command, "e01").returncode == 0


def test_the_difference_is_shown_below_each_other_or_side_by_side(clone, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    narrow = kata(clone, "diff", "e01", "--yes").stdout
    monkeypatch.setenv("COLUMNS", "160")
    wide = kata(clone, "diff", "e01", "--yes").stdout

    assert '+        return f"Hello, {name}"' in narrow
    assert "sample1.py: yours" in wide.splitlines()[0]
    assert "the solution" in wide.splitlines()[0]


def test_in_a_file_the_lines_of_a_difference_stay_whole(clone, project, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    long_line = f"# {'long ' * 40}end"
    project.stub(1).write_text(f"{long_line}\n")

    assert f"-{long_line}" in kata(clone, "diff", "e01", "--yes").stdout.splitlines()


def test_reset_and_undo_say_what_they_did(clone, project):
    kata(clone, "pack")
    project.stub(1).write_text("my work")

    reset = kata(clone, "reset", "e01").stdout
    undo = kata(clone, "undo", "e01").stdout

    assert reset.startswith(
        "Restored exercises/easy/e01_sample1/sample1.py\nYour version is stored in .kata/backups/"
    )
    assert "kata undo e01" in reset
    assert undo.startswith("Restored exercises/easy/e01_sample1/sample1.py\n")
    assert project.stub(1).read_text() == "my work"


def test_reset_of_an_untouched_stub_changes_nothing(clone):
    kata(clone, "pack")

    run = kata(clone, "reset", "e01")

    assert run.stdout == "e01 is as it was shipped: nothing to do.\n"
    assert run.returncode == 0


def test_doctor_finds_a_test_that_was_edited(clone, project):
    kata(clone, "pack")
    project.exercises[0].test_file.write_text("# edited\n")

    run = kata(clone, "doctor")

    assert "✗ exercises/easy/e01_sample1/test_sample1.py is not as it was shipped." in run.stdout
    assert run.returncode == 1


def test_doctor_finds_a_package_that_is_not_the_one_of_the_lock(clone):
    (clone / "requirements.lock").write_text("click==0.1\nno-such-package==2.0\n")

    output = kata(clone, "doctor").stdout

    assert "the lock has ==0.1; no-such-package is not installed, the lock has ==2.0." in output
    assert "pip install -r requirements.lock" in output


def test_doctor_finds_a_service_that_does_not_answer(clone, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("KATA_REDIS_URL", f"redis://127.0.0.1:{port}/0")

    assert "✗ KATA_REDIS_URL is set, and nothing answers there" in kata(clone, "doctor").stdout


def test_a_new_exercise_is_told_what_is_left_to_write(clone):
    made = kata(clone, "new", "easy", "greetings")
    verdict = kata(clone, "verify", "e04")

    assert made.stdout.splitlines() == [
        "Made exercises/easy/e04_greetings",
        "Made solutions/easy/e04_greetings",
        "Made tests/answers/e04_greetings",
        "What is left to write: kata verify e04",
    ]
    said = " ".join(verdict.stdout.split())
    assert "exercises/easy/e04_greetings/README.md, line 1, is still to be written" in said
    assert "solutions/easy/e04_greetings/answer.md, line 4, is still to be written" in said
    assert (
        "tests/answers/e04_greetings has 1 wrong answers; an easy exercise has at least 5" in said
    )
    assert verdict.returncode == 1


def test_a_new_exercise_with_everything_written_is_fine_and_can_be_packed(clone):
    (clone / "README.md").write_text("<!-- index -->\n<!-- end of index -->\n")
    kata(clone, "new", "easy", "greetings")
    for folder in ("exercises", "solutions"):
        for file in (clone / folder / "easy/e04_greetings").iterdir():
            file.write_text(re.sub("‹(.+?)›", r"\1", file.read_text()))
    wrong = clone / "tests/answers/e04_greetings/wrong_line_break.py"
    for word in ("hello", "Hi", "HELLO", "Hello!"):
        text = wrong.read_text().replace("Hello\\n", word)
        wrong.with_name(f"wrong_{word}.py").write_text(text)

    verdict = kata(clone, "verify", "e04")
    assert verdict.stdout.splitlines()[-2:] == [
        "exercises/easy/e04_greetings is not packed yet: kata pack",
        "README.md: the part “index” is old: kata pack",
    ]
    assert verdict.returncode == 0
    packed = kata(clone, "pack")

    assert "Renewed kata/course/shipped.zip\nRenewed README.md\n" in packed.stdout
    assert "| [e04](exercises/easy/e04_greetings/README.md) |" in (clone / "README.md").read_text()
    verdict = kata(clone, "verify", "e04")
    assert verdict.stdout.splitlines()[-1].split() == ["e04_greetings", *"✓✓✓✓✓"]
    assert verdict.returncode == 0


def test_a_stub_that_is_solved_is_not_packed(clone, project):
    kata(clone, "pack")
    project.solve(1)

    run = kata(clone, "pack")

    assert run.stderr == (
        "exercises/easy/e01_sample1/sample1.py is solved, and would be shipped like that. "
        "To bring the stub back: python3 -m kata reset e01; then: python3 -m kata pack\n"
    )
    assert run.returncode == 1


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("Greetings", "is no name for a module"),
        ("sample1", "There is an exercise “sample1” already."),
        ("flask", "is the name of a module that Python can import"),
    ],
    ids=["not a module name", "taken", "a package"],
)
def test_a_new_exercise_needs_a_name_of_its_own(clone, slug, sentence):
    run = kata(clone, "new", "easy", slug)

    assert sentence in " ".join(run.stderr.split())
    assert run.returncode == 2


def test_watch_needs_a_terminal(clone):
    run = kata(clone, "watch")

    assert "`kata watch` needs a terminal. Without one: kata run" in run.stderr
    assert run.returncode == 2


@pytest.fixture
def newer(clone, project, tmp_path, monkeypatch):
    """Return a clone of the small project, which by now has a newer version."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (clone / ".gitignore").write_text(".kata/\n__pycache__/\n")
    kata(clone, "pack")
    git(clone, "init", "-q", "-b", "main")
    commit(clone)
    git(tmp_path, "clone", "-q", str(clone), "mine")
    for exercise in project.exercises:
        exercise.stub.write_text(exercise.stub.read_text() + "\n# A newer stub.\n")
        exercise.readme.write_text(exercise.readme.read_text() + "\nA newer text.\n")
    tests = [exercise.test_file for exercise in project.exercises[:2]]
    tests[0].write_text(tests[0].read_text().replace('"Grace"', '"Hedy"'))
    tests[1].write_text(tests[1].read_text().replace('"Hello")', '"Welcome")'))
    solving = clone / "kata/cli/solving.py"
    solving.write_text(solving.read_text().replace("List the exercises", "List all exercises"))
    kata(clone, "pack")
    commit(clone)
    return type(project)(tmp_path / "mine")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "A version")


def test_an_update_keeps_own_work_and_checks_what_is_solved_again(newer):
    for n in (1, 2):
        newer.solve(n)
        kata(newer.root, "run", f"e0{n}")
    commit(newer.root)
    newer.stub(3).write_text("half done")
    mine = [newer.stub(n).read_text() for n in (1, 2, 3)]

    run = kata(newer.root, "update")

    assert [newer.stub(n).read_text() for n in (1, 2, 3)] == mine
    assert "Kept      exercises/easy/e03_sample3/sample3.py, which is yours." in run.stdout
    assert "e01: its tests have changed. Checked again: still solved." in run.stdout
    assert (
        "e02: its tests have changed. Checked again: no longer solved. To see what fails: kata run e02"
        in run.stdout
    )
    assert newer.progress["solved"] == ["e01_sample1"]
    assert (run.returncode, run.stderr) == (0, "")
    assert "A newer text." in kata(newer.root, "show", "e03").stdout
    assert "List all exercises" in kata(newer.root, "--help").stdout
    kata(newer.root, "reset", "e03")
    assert newer.stub(3).read_text().endswith("# A newer stub.\n")
    kata(newer.root, "undo", "e03")
    assert newer.stub(3).read_text() == "half done"


def test_an_interrupted_update_is_completed_before_the_engine_is_needed(clone):
    broken = clone / "kata/cli/solving.py"
    whole = broken.read_bytes()
    broken.write_text("half of ano")
    step = Step("kata/cli/solving.py", carrying.fingerprint(broken), carrying.digest(whole))
    (clone / ".kata").mkdir()
    carrying.prepare(clone, Plan((step,), contents={carrying.digest(whole): whole}))

    run = kata(clone, "list")

    assert run.stderr == "An update was interrupted. It is completed now.\n"
    assert (run.returncode, "e01" in run.stdout) == (0, True)
    assert kata(clone, "list").stderr == ""


def test_an_update_from_what_is_no_zip_is_misuse(clone):
    run = kata(clone, "update", "README.md")

    assert run.stderr == "There is no file README.md.\n"
    assert run.returncode == 2


@pytest.mark.parametrize("command", ["diff", "answer"])
def test_where_there_are_no_solutions_that_is_said(clone, command):
    shutil.rmtree(clone / "solutions")

    run = kata(clone, command, "e01")

    assert run.stderr == (
        "There is no solution of e01 here: solutions/easy/e01_sample1 is missing.\n"
    )
    assert (run.returncode, run.stdout) == (1, "")


def test_a_text_that_is_missing_is_said(clone, project):
    project.exercises[0].readme.unlink()

    assert "README.md cannot be read" in " ".join(kata(clone, "show", "e01").stdout.split())
