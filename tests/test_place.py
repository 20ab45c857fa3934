"""Which exercise and which tree a command means: a word, a path, the folder it is given in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def kata(clone: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kata", *arguments],
        cwd=cwd or clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "word",
    ["e02", "sample2", "exercises/easy/e02_sample2/sample2.py", "solutions/easy/e02_sample2"],
)
def test_an_exercise_alone_is_a_command(clone, word):
    run = kata(clone, word)

    assert run.stdout.startswith("e02 · How does sample 2 greet?")
    assert run.returncode == 1


def test_in_the_folder_of_an_exercise_commands_mean_it(clone, project):
    folder = project.exercises[1].folder

    assert kata(clone, cwd=folder).stdout.startswith("e02 ·")
    assert "e02, step 1" in kata(clone, "hint", cwd=folder).stdout
    assert kata(clone, "run", ".", cwd=folder).stdout.startswith("e02 ·")
    assert "e02 · How does sample 2 greet?" in kata(clone, "show", cwd=folder).stdout
    assert "e02 is not solved yet" in kata(clone, "diff", cwd=folder).stderr


def test_without_an_exercise_the_one_at_hand_is_meant(clone):
    kata(clone, "run", "e02")

    assert "e02 is not solved yet" in kata(clone, "answer").stderr
    assert "e02 · How does sample 2 greet?" in kata(clone, "show").stdout


@pytest.mark.parametrize("command", ["reset", "undo"])
def test_what_changes_files_wants_the_exercise_named(clone, command):
    run = kata(clone, command)

    assert f"Name the exercise, for example: python3 -m kata {command} e04" in run.stderr
    assert run.returncode == 2


def test_the_commands_work_from_outside_the_tree(clone, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    run = kata(clone, "list", cwd=outside)

    assert (run.returncode, run.stderr) == (0, "")
    assert "e03" in run.stdout


def test_in_another_tree_it_says_which_one_it_works_on(clone, tmp_path):
    other = tmp_path / "other"
    (other / "kata").mkdir(parents=True)
    (other / "kata" / "bootstrap.py").touch()
    (other / "exercises" / "easy").mkdir(parents=True)

    run = kata(clone, "list", cwd=other / "exercises" / "easy")

    assert run.stderr == (
        f"This works on {clone}, whose environment is active. For the tree in {other}: "
        "deactivate, and there python3 -m kata\n"
    )
    assert run.returncode == 0
