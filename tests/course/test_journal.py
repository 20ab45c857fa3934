"""What happened is never lost, and where the learner stands follows from it, whatever came over the file."""

import json
import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from kata.course import journal, progress
from kata.course.entries import Note
from kata.course.progress import Progress

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def solve(root: Path, *ids: str) -> Progress:
    return progress.update(root, lambda state: state.solved.update(ids))


def forget(root: Path, *ids: str) -> Progress:
    return progress.update(root, lambda state: state.solved.difference_update(ids))


def derived(root: Path) -> Progress:
    """Return where the learner stands by the journal alone."""
    elsewhere = root / "elsewhere"
    shutil.copytree(journal.file_in(root).parent, elsewhere / ".kata")
    progress.file_in(elsewhere).unlink(missing_ok=True)
    try:
        return progress.load(elsewhere)
    finally:
        shutil.rmtree(elsewhere)


def happened(root: Path) -> list[tuple[str, str | None]]:
    return [(each.what, each.exercise) for each in journal.entries(root, NOON + timedelta(days=99))]


def test_a_line_says_when_what_and_where(tmp_path: Path):
    with time_machine.travel(NOON, tick=False):
        progress.note(tmp_path, Note("rehearsed", "e04_sample", {"rating": 3}))

    [line] = journal.file_in(tmp_path).read_text().splitlines()
    data = json.loads(line)
    assert datetime.fromisoformat(data.pop("at")) == NOON
    assert len(data.pop("id")) >= 16
    assert data == {"what": "rehearsed", "exercise": "e04_sample", "rating": 3}


def change_at_random(root: Path, chance: random.Random) -> None:
    """Do one of the things that a learner or a run does."""
    id_ = f"e{chance.randrange(4)}"
    what = chance.choice(["solve", "forget", "master", "again", "run", "hint", "at"])

    def change(state: Progress) -> None:
        match what:
            case "solve":
                state.solved.add(id_)
                state.again.discard(id_)
            case "forget":
                state.solved.discard(id_)
                state.mastered.discard(id_)
            case "master":
                state.mastered.add(id_)
            case "again":
                state.put_back(id_)
            case "hint":
                state.hints[f"{id_}/{chance.randrange(3)}"] = chance.randrange(1, 4)
            case "at":
                state.current = id_

    run = Note("run", id_, {"step": chance.randrange(3), "passed": chance.randrange(9), "total": 9})
    progress.update(root, change, [run] if what == "run" else [])


@pytest.mark.parametrize("seed", range(10))
def test_the_standing_is_the_same_when_it_is_derived_again(tmp_path: Path, seed):
    chance = random.Random(seed)
    for _ in range(60):
        change_at_random(tmp_path, chance)
        if chance.random() < 0.1:
            progress.file_in(tmp_path).unlink(missing_ok=True)

    assert derived(tmp_path) == progress.load(tmp_path)


def test_what_an_older_version_knew_goes_into_the_journal(tmp_path: Path):
    file = progress.file_in(tmp_path)
    file.parent.mkdir()
    known = {"solved": ["e01", "e02"], "mastered": ["e01"], "seen": {"e03": "as it was"}}
    rest = {"failing": {"e03": 2}, "reached": {"e03": [4, 9]}, "hints": {"e03/2": 1}}
    file.write_text(json.dumps({**known, **rest, "current": "e03"}))
    before = progress.load(tmp_path)

    solve(tmp_path, "e03")

    after = derived(tmp_path)
    assert (after.solved, after.mastered) == ({"e01", "e02", "e03"}, {"e01"})
    assert (after.failing, after.reached, after.hints, after.current) == (
        before.failing,
        before.reached,
        before.hints,
        before.current,
    )
    assert progress.load(tmp_path).seen == {"e03": "as it was"}
    lines = [json.loads(line) for line in journal.file_in(tmp_path).read_text().splitlines()]
    assert [line["exercise"] for line in lines if not line.get("imported")] == ["e03"]


def test_a_journal_that_is_gone_costs_nothing_that_is_known(tmp_path: Path):
    solve(tmp_path, "e01", "e02")
    journal.file_in(tmp_path).unlink()

    solve(tmp_path, "e03")

    assert derived(tmp_path).solved == {"e01", "e02", "e03"}


@pytest.mark.parametrize("content", [b"\0" * 999, b"nonsense\n", b"[]\n[]\n", b'{"solved": []}'])
def test_a_file_that_is_no_journal_is_put_aside_and_said(tmp_path: Path, content):
    solve(tmp_path, "e01")
    journal.file_in(tmp_path).write_bytes(content)

    found = progress.recover(tmp_path)

    assert str(found.message).startswith(
        ".kata/journal.jsonl was damaged and is now journal.broken-1.jsonl: progress goes on from "
    )
    assert (tmp_path / ".kata/journal.broken-1.jsonl").read_bytes() == content
    assert solve(tmp_path, "e02").solved == {"e01", "e02"}
    assert derived(tmp_path).solved == {"e01", "e02"}


def test_a_journal_that_cannot_be_read_is_said_and_left(tmp_path: Path):
    solve(tmp_path, "e01")
    journal.file_in(tmp_path).unlink()
    journal.file_in(tmp_path).mkdir()

    saved = solve(tmp_path, "e02")

    assert saved.unreadable
    assert str(saved.message).startswith(".kata/journal.jsonl cannot be read (it is a folder)")


def test_cut_off_at_any_byte_it_loses_the_last_line_at_most(tmp_path: Path):
    solve(tmp_path, "e01")
    solve(tmp_path, "e02")
    file = journal.file_in(tmp_path)
    whole = file.read_bytes()
    begin = whole.index(b"\n") + 1

    for end in range(begin, len(whole)):
        file.write_bytes(whole[:end])
        progress.file_in(tmp_path).unlink(missing_ok=True)
        found = progress.load(tmp_path)
        assert (found.message, found.solved - {"e02"}) == (None, {"e01"})
        assert solve(tmp_path, "e03").message is None
        assert derived(tmp_path).solved == found.solved | {"e03"}


def test_killed_at_any_file_operation_each_line_is_there_or_not(tmp_path: Path, kills):
    solve(tmp_path, "e01")
    moments = 0

    for n, _ in enumerate(kills(lambda: progress.note(tmp_path, Note("rehearsed", "e09")))):
        moments += 1
        assert progress.note(tmp_path, Note("hunted", f"h{n}")) is None
        assert derived(tmp_path).solved == {"e01"}

    found = happened(tmp_path)
    assert moments > 4
    assert found[0] == ("solved", "e01")
    assert [each for each in found if each[0] == "hunted"] == [
        ("hunted", f"h{n}") for n in range(moments)
    ]
    assert {each for each in found if each[0] != "hunted"} <= {
        ("solved", "e01"),
        ("rehearsed", "e09"),
    }


def test_killed_at_a_hundred_moments_of_practice_nothing_is_lost_that_was_done(
    tmp_path: Path, kills
):
    """What was noted before a death is there after it, in order, and whatever is derived is the same."""
    done = tmp_path / "done"
    done.touch()

    def practice() -> None:
        with done.open("a", buffering=1) as stream:
            for _ in range(3):
                name = len(done.read_text().splitlines())
                what = ("rehearsed", "run", "hint", "solved", "again")[name % 5]
                progress.note(tmp_path, Note(what, "e01", {"n": name, "rating": "good"}))
                stream.write(f"{what} {name}\n")

    deaths = 0
    while deaths < 100:
        deaths += sum(1 for _ in kills(practice))

    lines = done.read_text().splitlines()
    noted = [f"{each.what} {each.data['n']}" for each in journal.entries(tmp_path)]
    found = iter(noted)
    assert all(line in found for line in lines)
    assert len(noted) <= len(lines) + deaths
    assert derived(tmp_path) == progress.load(tmp_path)


def test_lines_of_another_machine_take_their_places_in_time(tmp_path: Path):
    here, there = tmp_path / "here", tmp_path / "there"
    moments = [NOON + timedelta(hours=n) for n in range(4)]
    for root, change, at in (
        (here, solve, moments[0]),
        (there, solve, moments[1]),
        (there, forget, moments[2]),
        (here, solve, moments[3]),
    ):
        with time_machine.travel(at, tick=False):
            change(root, "e01" if root == here and at == moments[0] else "e02")

    added = journal.merge(here, journal.file_in(there))
    again = journal.merge(here, journal.file_in(there))

    assert (added, again) == (2, 0)
    assert progress.load(here).solved == {"e01", "e02"}
    assert happened(here) == [
        ("solved", "e01"),
        ("solved", "e02"),
        ("unsolved", "e02"),
        ("solved", "e02"),
    ]
    solve(here, "e03")
    assert derived(here) == progress.load(here)


def test_lines_that_are_there_twice_count_once(tmp_path: Path):
    solve(tmp_path, "e01")
    forget(tmp_path, "e01")
    file = journal.file_in(tmp_path)
    file.write_bytes(file.read_bytes() * 2)

    assert progress.load(tmp_path).solved == set()
    assert happened(tmp_path) == [("solved", "e01"), ("unsolved", "e01")]


@pytest.mark.parametrize("away", [timedelta(days=-4000), timedelta(days=4000), timedelta(hours=-3)])
def test_a_wrong_clock_changes_neither_order_nor_standing(tmp_path: Path, away):
    with time_machine.travel(NOON, tick=False):
        solve(tmp_path, "e01")
    with time_machine.travel(NOON + away, tick=False):
        forget(tmp_path, "e01")
        progress.note(tmp_path, Note("rehearsed", "e01"))
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        solve(tmp_path, "e02")

    assert happened(tmp_path) == [
        ("solved", "e01"),
        ("unsolved", "e01"),
        ("rehearsed", "e01"),
        ("solved", "e02"),
    ]
    assert derived(tmp_path).solved == progress.load(tmp_path).solved == {"e02"}
    now = NOON + timedelta(hours=2)
    assert all(each.at <= now for each in journal.entries(tmp_path, now))


def test_a_zone_of_another_place_is_kept(tmp_path: Path):
    line = {"at": "2026-05-04T23:30:00-08:00", "id": "1" * 16, "what": "solved", "exercise": "e01"}
    file = journal.file_in(tmp_path)
    file.parent.mkdir()
    file.write_text(json.dumps(line))  # As an editor leaves it that ends no last line.

    [entry] = journal.entries(tmp_path, NOON + timedelta(days=1))

    assert entry.at.isoformat() == "2026-05-04T23:30:00-08:00"
    solve(tmp_path, "e02")
    assert progress.load(tmp_path).solved == {"e01", "e02"}


def test_what_others_wrote_without_the_lock_is_not_overlooked(tmp_path: Path, monkeypatch):
    solve(tmp_path, "e01")
    file = journal.file_in(tmp_path)
    other = file.read_bytes().replace(b'"e01"', b'"e02"').replace(b'"id": "', b'"id": "f')
    real = os.open

    def between(path, *arguments, **options):
        """Write as another machine on a network drive would: after the read, before the write."""
        if Path(path) == file and arguments[0] & os.O_APPEND:
            monkeypatch.setattr(os, "open", real)
            with file.open("ab") as stream:
                stream.write(other)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", between)
    solve(tmp_path, "e03")

    assert progress.load(tmp_path).solved == {"e01", "e02", "e03"}
