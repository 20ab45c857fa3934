"""Saves are seen with notifications of the file system and without."""

import os
import select
import threading

import pytest
import watchfiles

from kata.judge.saves import Saves

DEADLINE = 30


def fail(*_: object, **__: object) -> None:
    raise OSError(28, "inotify watch limit reached")


@pytest.fixture(params=["notified", "polling", "without notifications"])
def saves(request, project, monkeypatch):
    """Return a watch for saves on the small project, on systems of each kind."""
    if request.param == "polling":
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    if request.param == "without notifications":
        monkeypatch.setattr(watchfiles, "watch", fail)
    saves = Saves(project.root)
    saves.start()
    saves.attend({"e01_sample1"})
    yield saves
    saves.stop()


def told(saves: Saves) -> set[str]:
    """Wait until a change is told, and return the ids of the exercises."""
    ready, _, _ = select.select([saves.pipe], [], [], DEADLINE)
    assert ready, "no change was told"
    return saves.take()


def test_a_save_of_the_exercise_at_hand_is_told(saves, project):
    project.stub(1).write_text("saved")

    assert told(saves) == {"e01_sample1"}


def test_a_save_of_another_exercise_is_told(saves, project):
    project.stub(3).write_text("saved")

    assert told(saves) == {"e03_sample3"}


def test_a_file_in_a_new_folder_is_told(saves, project):
    folder = project.exercises[1].folder / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("<p>")

    assert told(saves) == {"e02_sample2"}


def test_a_changed_test_file_is_told(saves, project):
    project.exercises[0].test_file.write_text("")

    assert told(saves) == {"e01_sample1"}


def test_a_new_exercise_and_a_removed_one_are_told(saves, project):
    folder = project.exercises[2].folder
    folder.rename(folder.with_name("e04_sample3"))

    seen: set[str] = set()
    while seen != {"e03_sample3", "e04_sample3"}:
        seen |= told(saves)

    assert len(project.exercises) == 3


def test_an_exercise_that_was_moved_to_another_tier_is_still_looked_at(saves, project):
    tier = project.root / "exercises/easy"
    tier.rename(tier.with_name("hard"))

    for text in ("saved", "saved again"):
        project.stub(3).write_text(text)
        # The move itself may be told of as well, of each exercise.
        seen: set[str] = set()
        while "e03_sample3" not in seen:
            seen = told(saves)


def test_every_one_of_many_quick_saves_of_one_size_and_time_is_told(saves, project):
    stub = project.stub(1)

    for n in range(12):
        stub.write_text(f"n = {n:02}\n")
        os.utime(stub, ns=(10**18, 10**18))
        assert told(saves) == {"e01_sample1"}


def test_a_change_that_was_asked_for_keeps_nothing_after_it_from_being_told(saves, project):
    exercise = project.exercises[0]
    before = exercise.state()
    assert not saves.has_changed(exercise, before)

    with saves._looking:
        project.stub(1).write_text("saved")
        asked = threading.Thread(target=saves.has_changed, args=[exercise, before])
        asked.start()
    asked.join()

    project.stub(2).write_text("saved, too")
    # Whoever looked first has seen the change: the one who asked, or the thread, which tells of it.
    first = told(saves)
    assert first <= {"e01_sample1", "e02_sample2"}
    assert "e02_sample2" in first | (set() if "e02_sample2" in first else told(saves))


def test_a_state_of_the_past_has_changed(saves, project):
    exercise = project.exercises[0]
    before = exercise.state()
    project.stub(1).write_text("saved")
    assert told(saves) == {"e01_sample1"}

    assert saves.has_changed(exercise, before)
    assert not saves.has_changed(exercise, exercise.state())


@pytest.mark.parametrize("polling", [False, True], ids=["notified", "polling"])
def test_the_verdict_is_on_the_last_of_many_quick_saves(start, answer, polling):
    terminal = start(**({"WATCHFILES_FORCE_POLLING": "1"} if polling else {}))
    terminal.wait_for("Still to be written")

    for n in range(12):
        answer(1, f"Hello {n:02}")

    assert terminal.wait_for("actual   (200, 'Hello 11')")


def test_the_watcher_goes_on_where_no_notifications_are_to_be_had(start, answer, monkeypatch):
    monkeypatch.setattr(watchfiles, "watch", fail)
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(1, "Hallo")

    assert terminal.wait_for("actual   (200, 'Hallo')")


def test_a_folder_with_a_link_to_everything_is_watched(start, project, answer):
    (project.exercises[0].folder / "loop").symlink_to(".")
    (project.exercises[0].folder / "all").symlink_to("/")
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(1, "Hallo")

    assert terminal.wait_for("actual   (200, 'Hallo')")
