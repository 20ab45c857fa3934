"""Somebody prepares for five days: plan, solve, review what is due, and hold an interview each evening."""

import json
import shutil
from datetime import timedelta

import time_machine

from kata.course import catalog, journal, progress
from kata.practice.interviews import concluding, interview_report, opening
from kata.practice.interviews.interviewing import Result
from kata.practice.interviews.rounds import CODE
from kata.practice.schedule import deck
from kata.practice.schedule.cards import HUNT, REHEARSE, SOLVE

from .conftest import MORNING, Desk

INTERVIEW = MORNING.date() + timedelta(days=5)


def do(desk: Desk, kind: str, n: int) -> None:
    """Do what is due; of the first two exercises one is forgotten at first."""
    match kind:
        case "rehearse":
            lines = f"\n1-2\ns\n{'a' if n == 2 else 'g'}\n"
            assert desk.kata(f"rehearse e{n:02}", lines).exit_code == 0
            desk.now += timedelta(minutes=4)
        case "hunt" if n == 2:
            assert desk.kata("hunt e02", "n\n").exit_code == 0
        case "hunt":
            desk.note("hunted", n, 5, found=n != 1, line=True, cause=n != 1, seconds=250)
        case "solve":
            assert desk.kata(f"again e{n:02}").exit_code == 0
            assert desk.project.stub(n).read_text() != solution(desk, n)
            desk.now += timedelta(minutes=5)
            desk.kata(f"hint e{n:02}")
            assert desk.kata(f"undo e{n:02}").exit_code == 0  # As if it were typed again.
            desk.note("solved", n, 4)
            assert "is rated: good" in desk.kata("review", "g\nq\n").output


def hold_interview(desk: Desk, better_by: int) -> None:
    """Hold an interview in which each round goes as well as the days of practice say."""
    with time_machine.travel(desk.now, tick=False):
        exercises = desk.project.exercises
        found = opening.begin(desk.root, exercises, seed=None, level="junior", minutes=25)
        while (round_ := found.round) is not None:
            of = 20 if round_.kind == CODE else 10
            found.end_round(Result(of * (better_by + 1) / 5, of, 60 * round_.minutes))
        assert concluding.conclude(desk.root, found, exercises)[1] is None


def solution(desk: Desk, n: int) -> str:
    exercise = desk.project.exercises[n - 1]
    return (exercise.within(desk.root / "solutions") / exercise.stub.name).read_text()


def test_five_days_of_practice(make_desk):
    desk = make_desk(6)
    reviewed: list[tuple[int, str, str]] = []
    planned: list[str] = []

    for day in range(5):
        desk.now = MORNING + timedelta(days=day)
        plan = desk.kata(f"plan --until {INTERVIEW} --hours 2")
        assert plan.exit_code == 0
        planned.append(plan.output)

        listed = desk.kata("review --list").output
        for kind, number in desk.due():
            assert number in listed
            do(desk, kind, int(number[1:]))
            reviewed.append((day, kind, number))
        assert desk.due() == []
        for n in (2 * day + 1, 2 * day + 2):
            if n <= 6:
                desk.project.solve(n)
                desk.note("run", n, 1)
                desk.note("hint", n, 3, step=1, shown=1)
                desk.note("hint", n, 3, step=1, shown=2)
                desk.note("solved", n, 9)
        hold_interview(desk, better_by=day)

    # What was planned, what came up, and what came of it.
    assert [each.partition(",")[0] for each in planned] == [
        "5 days", "4 days", "3 days", "2 days", "1 day",
    ]  # fmt: skip
    assert all(each.count("kata interview") == 1 for each in planned)
    of_e01 = [(day, kind) for day, kind, number in reviewed if number == "e01"]
    assert of_e01[0] == (1, REHEARSE)
    assert {kind for _, kind in of_e01} == {REHEARSE, HUNT, SOLVE}
    assert [day for day, kind, number in reviewed if (kind, number) == (REHEARSE, "e02")] == [
        1, 2, 3, 4,
    ]  # fmt: skip
    state = progress.load(desk.root)
    assert (len(state.done), state.again) == (6, set())
    assert [desk.project.stub(n).read_text() for n in range(1, 7)] == [
        solution(desk, n) for n in range(1, 7)
    ]
    stats = json.loads(desk.kata("stats --json").output)
    assert stats["interviews"] == 5
    way = [report.share for report in interview_report.find_all(desk.root)]
    assert way == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert "20% → 100%" in desk.kata("interview --history").output
    assert stats["reviews"]["solve"]["kept"] == stats["reviews"]["solve"]["of"] > 0
    assert stats["reviews"]["rehearse"]["kept"] < stats["reviews"]["rehearse"]["of"]

    # Derived again, from the journal alone and on another day, it is the same.
    elsewhere = desk.root.parent / "elsewhere"
    shutil.copytree(desk.root / "exercises", elsewhere / "exercises")
    shutil.copytree(desk.root / "solutions", elsewhere / "solutions")
    shutil.copytree(desk.root / "tests", elsewhere / "tests")
    (elsewhere / ".kata").mkdir()
    shutil.copy(journal.file_in(desk.root), journal.file_in(elsewhere))
    derived = progress.load(elsewhere)
    assert (derived.solved, derived.hints, derived.current) == (
        state.solved,
        state.hints,
        state.current,
    )
    assert days_of(elsewhere) == days_of(desk.root)
    assert len(catalog.find_all(elsewhere / "exercises")) == 6


def days_of(root) -> list[tuple[str, str, object, object]]:
    found = deck.read(root, MORNING + timedelta(days=40)).scheduled
    return [(each.card.kind, each.card.exercise.id, each.due, each.counted) for each in found]
