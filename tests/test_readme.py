"""The README shows what is there: its screen and its index are compared with the tree."""

import os
import re
from pathlib import Path

import pytest

from kata.cli import main
from kata.course import catalog, workspace
from kata.judge.verdict import forked_pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def part(name: str) -> str:
    """Return what stands between the marks of a part."""
    return re.search(rf"<!-- {name}.*?-->\n(.*?)<!-- end of {name} -->", README, re.DOTALL)[1]


def index() -> str:
    """Return the index that the tree asks for."""
    rows = ["| | question | slug |", "|---|---|---|"]
    for exercise in catalog.find_all(ROOT / "exercises"):
        folder = exercise.folder.relative_to(ROOT)
        rows.append(
            f"| [{exercise.number}]({folder}/README.md) | {exercise.title} | `{exercise.slug}` |"
        )
    return "\n".join(rows) + "\n"


def test_the_index_lists_every_exercise_with_its_question():
    assert part("index") == index()


def test_the_screen_is_the_one_of_a_fresh_clone(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.defpath)  # Where no command kata is.
    for exercise in catalog.find_all(ROOT / "exercises"):
        for name, content in workspace.shipped(exercise).items():
            file = tmp_path / "exercises" / exercise.tier / exercise.id / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for name in ("conftest.py", "tox.ini"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())

    verdict = forked_pytest(["--focus"], tmp_path)

    assert part("screen") == f"```\n{verdict.output}```\n"


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`kata ([a-z-]+)", README))))
def test_every_command_that_the_readme_names_exists(command):
    assert command in main.commands


@pytest.mark.parametrize("path", sorted(set(re.findall(r"pytest (exercises/\S+)", README))))
def test_every_path_that_the_readme_names_exists(path):
    assert (ROOT / path).exists()
