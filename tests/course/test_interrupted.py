"""A reset or an undo that is killed at any of its file operations loses nothing, and leaves nothing over."""

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kata.course import backups, workspace
from kata.course.backups import NothingToDo
from kata.course.exercise import Exercise


@dataclass
class Desk:
    """An exercise with a stub and a template, and what a learner has made of both."""

    exercise: Exercise
    root: Path
    shipped: dict[str, object]

    @property
    def files(self) -> dict[str, object]:
        """Return what is in the place of the learner's files: a text, a link, a folder's texts or nothing."""
        return {path.name: _content(path) for path in (self.exercise.stub, self.templates)}

    @property
    def templates(self) -> Path:
        return self.exercise.folder / "templates"

    def reset(self) -> None:
        with contextlib.suppress(NothingToDo):
            backups.reset(self.exercise, self.root)

    def undo(self) -> None:
        with contextlib.suppress(NothingToDo):
            backups.undo(self.exercise, self.root)

    def stored(self) -> list[object]:
        """Return what all complete backups hold."""
        folders = backups.backups_of(self.exercise, self.root)
        return [_content(path) for folder in folders for path in folder.iterdir()]

    def leftovers(self) -> list[Path]:
        return [
            path
            for folder in (self.root / ".kata", self.exercise.folder)
            for path in folder.rglob("*")
            if path.name.endswith(".tmp")
            or path.name.startswith("unfinished-")
            or path.name == ".kata-under-way"
        ]


def _content(path: Path) -> object:
    if path.is_symlink():
        return path.readlink()
    if path.is_dir():
        return {inside.name: inside.read_text() for inside in path.iterdir()}
    return path.read_text() if path.exists() else None


def both_edited(desk: Desk) -> None:
    desk.exercise.stub.write_text("my work")
    (desk.templates / "page.html").write_text("my page")


def a_link(desk: Desk) -> None:
    elsewhere = desk.root / "elsewhere.py"
    elsewhere.write_text("my work")
    desk.exercise.stub.unlink()
    desk.exercise.stub.symlink_to(elsewhere)


def no_stub(desk: Desk) -> None:
    desk.exercise.stub.unlink()
    (desk.templates / "page.html").write_text("my page")


def no_folder(desk: Desk) -> None:
    desk.exercise.stub.write_text("my work")
    shutil.rmtree(desk.templates)
    desk.templates.write_text("my work, too")


MADE: list[Callable[[Desk], None]] = [both_edited, a_link, no_stub, no_folder]


@pytest.fixture(params=MADE, ids=lambda made: made.__name__)
def desk(request, make_project, monkeypatch) -> Desk:
    # A death of the process is no failure of the power: what was written is there.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    project = make_project(1)
    exercise = project.exercises[0]
    monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
    desk = Desk(exercise, project.root, {})
    desk.templates.mkdir()
    (desk.templates / "page.html").write_text("shipped page")
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
    desk.shipped = desk.files
    request.param(desk)
    return desk


class Copies:
    """The state of a desk, to be had again and again."""

    def __init__(self, desk: Desk) -> None:
        self._root = desk.root
        self._kept = desk.root.with_name("kept")
        self._changing = [".kata", desk.exercise.folder.relative_to(desk.root)]
        for name in self._changing:
            if (self._root / name).exists():
                shutil.copytree(self._root / name, self._kept / name, symlinks=True)

    def bring_back(self) -> None:
        for name in self._changing:
            shutil.rmtree(self._root / name, ignore_errors=True)
            if (self._kept / name).exists():
                shutil.copytree(self._kept / name, self._root / name, symlinks=True)


def test_a_killed_reset_is_undone_by_an_undo(desk, kills):
    mine, start = desk.files, Copies(desk)
    points = 0

    for _ in kills(desk.reset):
        points += 1
        desk.undo()
        assert desk.files == mine
        assert desk.leftovers() == []
        start.bring_back()

    assert points > 15
    assert desk.files == desk.shipped


def test_a_killed_reset_is_completed_by_a_reset_and_undone_then(desk, kills):
    mine, start = desk.files, Copies(desk)
    points = 0

    for _ in kills(desk.reset):
        points += 1
        desk.reset()
        assert desk.files == desk.shipped
        assert desk.leftovers() == []
        desk.undo()
        assert desk.files == mine
        start.bring_back()

    assert points > 15


def test_a_killed_undo_is_completed_by_an_undo_and_undone_then(desk, kills):
    mine = desk.files
    desk.reset()
    (desk.templates / "page.html").write_text("later page")
    later, start = desk.files, Copies(desk)
    points = 0

    for _ in kills(desk.undo):
        points += 1
        desk.undo()
        # What is not of the reset stays as it was before the undo.
        assert desk.files in (mine, mine | {"templates": later["templates"]})
        assert desk.leftovers() == []
        desk.undo()
        assert desk.files == later
        start.bring_back()

    assert points > 15


def test_after_a_killed_undo_a_reset_loses_nothing(desk, kills):
    mine = desk.files
    desk.reset()
    desk.exercise.stub.write_text("later work")
    start = Copies(desk)
    points = 0

    for _ in kills(desk.undo):
        points += 1
        before = desk.files
        desk.reset()
        assert desk.files == desk.shipped
        assert desk.leftovers() == []
        desk.undo()
        # What the reset did not change is given back from the undo that was not completed.
        assert all(now in (before[name], mine[name]) for name, now in desk.files.items())
        assert "later work" in desk.stored() or before["sample1.py"] == "later work"
        start.bring_back()

    assert points > 15
    assert desk.files["sample1.py"] == mine["sample1.py"]
