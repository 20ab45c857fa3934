"""What is wrong with the progress is said by whichever command meets it first, in one sentence."""

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kata import cli
from kata.cli import words
from kata.course import progress, workspace

UNREADABLE = re.compile(
    r"\.kata/progress\.json cannot be read \(it is a \w+\), so progress is unknown and nothing is saved\. "
    r"To see what stands there: ls -la \.kata"
)
DAMAGED = re.compile(r"\.kata/progress\.json was damaged and is now progress\.broken-1\.json")
NOT_SAVED = re.compile(
    r"Progress could not be saved in \.kata/progress\.json \([\w ]+\)\. To see why:"
)


class Commands:
    """Run a command of ``kata``, or pytest, on the small project; return the exit code and what was written."""

    def __init__(self, project, monkeypatch: pytest.MonkeyPatch) -> None:
        self._project = project
        monkeypatch.setattr(words, "ROOT", project.root)
        monkeypatch.setattr(shutil, "which", lambda name: name)  # There is the command kata.
        monkeypatch.chdir(project.root)
        monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
        # The width of a page is that of the terminal; a sentence is looked for whole.
        monkeypatch.setenv("COLUMNS", "300")

    def __call__(self, command: str) -> tuple[int, str]:
        if command.startswith("pytest"):
            verdict = self._project.pytest(*command.split()[1:])
            code, output = verdict.exit_code, verdict.output
        else:
            result = CliRunner().invoke(cli.main, command.split())
            code, output = result.exit_code, result.output
            assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in output
        return code, " ".join(output.split())


@pytest.fixture
def run(project, monkeypatch) -> Commands:
    project.solve(1)
    return Commands(project, monkeypatch)


@pytest.fixture
def file(project) -> Path:
    file = progress.file_in(project.root)
    file.parent.mkdir()
    return file


READING = {
    "pytest exercises/easy/e01_sample1": 0,
    "pytest exercises/easy": 1,
    "pytest --focus": 1,
    "list": 0,
    "hint": 0,
    "hint e02": 0,
    "show": 0,
    "diff e01": 1,
    "doctor": 1,
}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["FIFO", "folder"])
@pytest.mark.parametrize(("command", "code"), READING.items(), ids=READING)
def test_what_cannot_be_read_is_said_once_and_left_alone(run, file, command, code, make):
    make(file)
    before = file.lstat()

    found, output = run(command)

    assert len(UNREADABLE.findall(output)) == 1
    assert found == code
    assert file.lstat() == before


@pytest.mark.parametrize(("command", "code"), READING.items(), ids=READING)
def test_damage_is_said_once_and_put_aside(run, file, command, code):
    content = b"[" * 200_000
    file.write_bytes(content)

    found, output = run(command)

    assert len(DAMAGED.findall(output)) == 1
    assert found == code
    assert file.with_name("progress.broken-1.json").read_bytes() == content
    assert not DAMAGED.findall(run("list")[1])


def test_damage_is_said_also_where_no_test_could_run(run, project, file):
    file.write_text("{")
    project.exercises[1].test_file.write_text("def test_(:")

    code, output = run("pytest --focus exercises/easy/e02_sample2")

    assert output.startswith(".kata/progress.json is damaged: progress starts from zero.")
    assert "SyntaxError" in output
    assert code == 2


SAVING = {name: READING[name] for name in list(READING)[:3]} | {"hint": 0, "hint e02 --all": 0}


@pytest.mark.parametrize(("command", "code"), SAVING.items(), ids=SAVING)
def test_what_cannot_be_saved_is_said_once(run, project, command, code):
    (project.root / ".kata").symlink_to("nowhere")

    found, output = run(command)

    assert len(NOT_SAVED.findall(output)) == 1
    assert found == code


def test_the_hint_is_shown_although_it_cannot_be_noted(run, project):
    (project.root / ".kata").symlink_to("nowhere")

    assert "1 A" in run("hint e01")[1]


def test_without_a_fault_nothing_is_said(run):
    outputs = [run(command)[1] for command in ("pytest exercises/easy", "list", "hint", "show")]

    assert "rogress" not in "".join(outputs)


def test_doctor_says_that_nothing_can_be_written(run, project):
    (project.root / ".kata").symlink_to("nowhere")

    code, output = run("doctor")

    assert re.search(r"✗ Nothing can be written in \S+\.kata \(No such file or directory\)", output)
    assert code == 1


def test_doctor_says_that_the_lock_is_missing(run):
    assert "✗ requirements.lock cannot be read." in run("doctor")[1]


@pytest.mark.parametrize("command", ["reset e01", "undo e01"])
def test_a_reset_that_cannot_be_done_costs_a_sentence(run, project, command):
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
    project.stub(1).write_text("my work")
    (project.root / ".kata").write_text("in the way")

    code, output = run(command)

    assert output == (
        "e01 could not be changed (File exists: .kata); nothing of yours is lost. "
        f"When that is put right: kata {command}"
    )
    assert code == 1
    assert project.stub(1).read_text() == "my work"


def test_reset_says_what_became_of_a_link(run, project, tmp_path):
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
    project.stub(1).rename(tmp_path / "mine.py")
    project.stub(1).symlink_to(tmp_path / "mine.py")

    output = run("reset e01")[1]

    assert f"sample1.py was a link to {tmp_path}/mine.py, which is left as it is." in output


def test_undo_says_what_it_removed(run, project):
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
    project.stub(1).unlink()
    run("reset e01")

    assert run("undo e01")[1].startswith("Removed exercises/easy/e01_sample1/sample1.py What was")
