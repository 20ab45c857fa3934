"""Reset and undo bring back what they should, and leave alone what is not theirs."""

import contextlib
import datetime
import errno
import os
from pathlib import Path

import pytest
import time_machine

from kata.course import backups, locking, workspace
from kata.course.backups import NothingToDo


@pytest.fixture
def exercise(project, monkeypatch):
    """Return the first exercise of a project that was shipped with a template, with the stub then edited."""
    archive = project.root / "shipped.zip"
    monkeypatch.setattr(workspace, "ARCHIVE", archive)
    exercise = project.exercises[0]
    (exercise.folder / "templates").mkdir()
    (exercise.folder / "templates/page.html").write_text("shipped page")
    archive.write_bytes(workspace.pack(project.root))
    exercise.stub.write_text("my work")
    return exercise


@pytest.fixture
def root(project) -> Path:
    return project.root


@pytest.fixture
def page(exercise) -> Path:
    return exercise.folder / "templates" / "page.html"


@pytest.fixture
def shipped(exercise) -> str:
    """Return the stub as it was shipped."""
    return workspace.shipped(exercise)[exercise.stub.name].decode()


def test_reset_brings_the_stub_back_and_stores_the_learners_version(exercise, root, shipped):
    change = backups.reset(exercise, root)

    assert exercise.stub.read_text() == shipped
    assert (change.files, change.removed, change.links) == ((exercise.stub,), (), ())
    assert (change.backup / exercise.stub.name).read_text() == "my work"
    assert change.backup.is_relative_to(root / ".kata" / "backups")


def test_undo_restores_what_a_reset_replaced(exercise, root):
    backups.reset(exercise, root)

    backups.undo(exercise, root)

    assert exercise.stub.read_text() == "my work"


def test_a_second_undo_takes_the_first_back(exercise, root, shipped):
    backups.reset(exercise, root)
    backups.undo(exercise, root)

    backups.undo(exercise, root)

    assert exercise.stub.read_text() == shipped


def test_undo_stores_what_was_written_after_the_reset(exercise, root):
    backups.reset(exercise, root)
    exercise.stub.write_text("later work")

    change = backups.undo(exercise, root)

    assert (change.backup / exercise.stub.name).read_text() == "later work"


def test_undo_leaves_alone_what_the_reset_did_not_touch(exercise, root, page):
    own = exercise.folder / "helpers.py"
    own.write_text("mine")
    backups.reset(exercise, root)
    page.write_text("written since")
    own.write_text("written since")

    change = backups.undo(exercise, root)

    assert change.files == (exercise.stub,)
    assert (page.read_text(), own.read_text()) == ("written since", "written since")


def test_a_stub_that_was_not_changed_is_not_reset(exercise, root):
    backups.reset(exercise, root)

    with pytest.raises(NothingToDo, match="e01 is as it was shipped"):
        backups.reset(exercise, root)
    assert len(backups.backups_of(exercise, root)) == 1


def test_other_ends_of_lines_are_not_reset(exercise, root, shipped):
    exercise.stub.write_bytes(shipped.replace("\n", "\r\n").encode())

    with pytest.raises(NothingToDo, match="e01 is as it was shipped"):
        backups.reset(exercise, root)


def test_undo_without_a_reset_says_so(exercise, root):
    with pytest.raises(NothingToDo, match="nothing was reset"):
        backups.undo(exercise, root)


def test_an_exercise_that_was_never_shipped_cannot_be_reset(exercise, root):
    workspace.ARCHIVE.unlink()

    with pytest.raises(NothingToDo, match=r"shipped\.zip holds no file of e01"):
        backups.reset(exercise, root)
    assert exercise.stub.read_text() == "my work"


def test_a_deleted_stub_comes_back_and_undo_removes_it_again(exercise, root, shipped):
    exercise.stub.unlink()

    backups.reset(exercise, root)
    assert exercise.stub.read_text() == shipped
    exercise.stub.write_text("later work")
    undone = backups.undo(exercise, root)

    assert undone.removed == (exercise.stub,)
    assert not exercise.stub.exists()
    backups.undo(exercise, root)
    assert exercise.stub.read_text() == "later work"


def test_the_learners_own_files_stay_and_are_not_copied(exercise, root):
    own = exercise.folder / "helpers.py"
    own.write_text("mine")

    change = backups.reset(exercise, root)

    assert own.read_text() == "mine"
    assert not (change.backup / "helpers.py").exists()


def test_tests_and_texts_are_left_alone(exercise, root):
    exercise.test_file.write_text("edited")

    backups.reset(exercise, root)

    assert exercise.test_file.read_text() == "edited"


def test_the_mode_of_a_file_is_kept(exercise, root):
    exercise.stub.chmod(0o600)

    backups.reset(exercise, root)

    assert exercise.stub.stat().st_mode & 0o777 == 0o600


def test_the_newest_backup_is_found_although_the_clock_was_set_back(exercise, root):
    with time_machine.travel(datetime.datetime(2031, 5, 1, tzinfo=datetime.UTC), tick=False):
        backups.reset(exercise, root)
    exercise.stub.write_text("second work")
    with time_machine.travel(datetime.datetime(2021, 5, 1, tzinfo=datetime.UTC), tick=False):
        second = backups.reset(exercise, root)

    assert backups.backups_of(exercise, root)[-1] == second.backup
    backups.undo(exercise, root)
    assert exercise.stub.read_text() == "second work"


def test_the_tenth_backup_comes_after_the_ninth(exercise, root):
    for n in range(12):
        exercise.stub.write_text(f"work {n}")
        backups.reset(exercise, root)

    backups.undo(exercise, root)

    assert exercise.stub.read_text() == "work 11"


def test_a_backup_of_an_earlier_version_is_restored_as_far_as_a_reset_goes(exercise, root, page):
    home = root / ".kata/backups" / exercise.id
    for date, text in [("2026-05-02", "new"), ("2026-05-01", "old")]:
        folder = home / f"{date}T10-00-00.000000Z"
        (folder / "templates").mkdir(parents=True)
        (folder / exercise.stub.name).write_text(f"{text} work")
        (folder / "templates/page.html").write_text(f"{text} page")
        (folder / "helpers.py").write_text("old helpers")
    own = exercise.folder / "helpers.py"
    own.write_text("mine")

    backups.undo(exercise, root)

    assert (exercise.stub.read_text(), page.read_text()) == ("new work", "new page")
    assert own.read_text() == "mine"
    backups.undo(exercise, root)
    assert exercise.stub.read_text() == "my work"


def test_a_link_is_replaced_and_what_it_leads_to_left_alone(exercise, root, shipped, tmp_path):
    elsewhere = tmp_path / "elsewhere.py"
    exercise.stub.rename(elsewhere)
    exercise.stub.symlink_to(elsewhere)

    change = backups.reset(exercise, root)

    assert change.links == ((exercise.stub, str(elsewhere)),)
    assert (exercise.stub.is_symlink(), exercise.stub.read_text()) == (False, shipped)
    assert elsewhere.read_text() == "my work"
    backups.undo(exercise, root)
    assert exercise.stub.readlink() == elsewhere


@pytest.mark.parametrize("target", ["nowhere.py", "sample1.py", "/dev/zero", ".", "fifo"])
def test_a_link_is_never_followed(exercise, root, shipped, target):
    os.mkfifo(exercise.folder / "fifo")
    exercise.stub.unlink()
    exercise.stub.symlink_to(target)

    backups.reset(exercise, root)
    assert exercise.stub.read_text() == shipped

    backups.undo(exercise, root)
    assert str(exercise.stub.readlink()) == target


def test_a_folder_that_is_a_link_is_not_written_through(exercise, root, page, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page.html").write_text("a page of mine elsewhere")
    page.unlink()
    page.parent.rmdir()
    page.parent.symlink_to(outside)

    backups.reset(exercise, root)

    assert (page.parent.is_symlink(), page.read_text()) == (False, "shipped page")
    assert (outside / "page.html").read_text() == "a page of mine elsewhere"
    backups.undo(exercise, root)
    assert page.parent.readlink() == outside


def test_a_missing_folder_comes_back_and_undo_removes_it_again(exercise, root, page):
    page.unlink()
    page.parent.rmdir()

    backups.reset(exercise, root)
    assert page.read_text() == "shipped page"

    backups.undo(exercise, root)
    assert not page.parent.exists()


def test_a_file_in_the_place_of_a_folder_is_stored_and_comes_back(exercise, root, page):
    page.unlink()
    page.parent.rmdir()
    page.parent.write_text("no folder")

    backups.reset(exercise, root)
    assert page.read_text() == "shipped page"
    page.write_text("later page")

    backups.undo(exercise, root)
    assert page.parent.read_text() == "no folder"
    backups.undo(exercise, root)
    assert page.read_text() == "later page"


def test_undo_does_not_remove_a_folder_with_files_of_the_learner(exercise, root, page):
    page.unlink()
    page.parent.rmdir()
    page.parent.write_text("no folder")
    backups.reset(exercise, root)
    (page.parent / "mine.html").write_text("mine")

    with pytest.raises(IsADirectoryError, match="it is a folder with files in it"):
        backups.undo(exercise, root)
    assert (page.read_text(), exercise.stub.exists()) == ("shipped page", True)
    assert (page.parent / "mine.html").read_text() == "mine"
    assert len(backups.backups_of(exercise, root)) == 1


def test_a_folder_in_the_place_of_the_stub_is_refused_before_anything_changes(exercise, root, page):
    page.write_text("my page")
    exercise.stub.unlink()
    exercise.stub.mkdir()
    (exercise.stub / "mine").touch()

    with pytest.raises(IsADirectoryError, match="it is a folder with files in it"):
        backups.reset(exercise, root)
    assert page.read_text() == "my page"
    assert backups.backups_of(exercise, root) == []


def test_an_empty_folder_in_the_place_of_the_stub_gives_way(exercise, root, shipped):
    exercise.stub.unlink()
    exercise.stub.mkdir()

    backups.reset(exercise, root)

    assert exercise.stub.read_text() == shipped


def test_a_fifo_in_the_place_of_the_stub_is_refused_and_not_read(exercise, root):
    exercise.stub.unlink()
    os.mkfifo(exercise.stub)

    with pytest.raises(OSError, match="it is a FIFO"):
        backups.reset(exercise, root)
    assert exercise.stub.is_fifo()


def test_what_lies_beside_the_stub_is_not_looked_at(exercise, root):
    os.mkfifo(exercise.folder / "fifo")
    (exercise.folder / "round").symlink_to(".")
    (exercise.folder / "root").symlink_to("/")
    (exercise.folder / "dangling").symlink_to("nowhere")
    for n in range(2000):
        (exercise.folder / f"{n}.log").touch()

    change = backups.reset(exercise, root)
    backups.undo(exercise, root)

    assert exercise.stub.read_text() == "my work"
    stored = [path.name for path in change.backup.rglob("*") if not path.name.startswith(".")]
    assert stored == [exercise.stub.name]


@pytest.mark.parametrize("name", [".kata", ".kata/backups", ".kata/backups/e01_sample1"])
def test_a_folder_that_cannot_be_made_costs_nothing(exercise, root, name):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("in the way")

    with pytest.raises(OSError, match=r"\.kata"):
        backups.reset(exercise, root)
    assert exercise.stub.read_text() == "my work"


def test_a_reset_that_never_ends_is_not_waited_for_without_end(exercise, root, monkeypatch):
    monkeypatch.setattr(backups, "_PATIENCE", 0.05)

    with (
        locking.held(root / ".kata/backups.lock", 0),
        pytest.raises(TimeoutError, match="another process keeps its lock"),
    ):
        backups.reset(exercise, root)
    assert exercise.stub.read_text() == "my work"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
def test_a_disk_that_takes_nothing_costs_nothing(exercise, root, page, shipped, failures, code):
    page.write_text("my page")
    points = 0

    def reset() -> bool:
        try:
            backups.reset(exercise, root)
        except OSError as error:
            return error.errno == code
        return False

    for refused in failures(reset, code):
        points += 1
        assert refused
        with contextlib.suppress(NothingToDo):
            backups.undo(exercise, root)
        assert (exercise.stub.read_text(), page.read_text()) == ("my work", "my page")
        assert list(root.rglob("*.tmp")) == list(root.rglob("unfinished-*")) == []

    assert points > 4
    assert (exercise.stub.read_text(), page.read_text()) == (shipped, "shipped page")
