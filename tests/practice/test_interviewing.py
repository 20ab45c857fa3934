"""An interview is kept at each step: whatever ends the process, it can be gone on with, and counts once."""

import json
import os
import shutil

import pytest

from kata.course import journal
from kata.practice.interviews import concluding, interview_report, interviewing
from kata.practice.interviews.interviewing import FINISHED, Result
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION, Round

ROUNDS = (
    Round(QUESTION, "e01_sample1", 4),
    Round(HUNT, "e02_sample2", 6),
    Round(CODE, "e03_sample3", 15),
)
STEPS = [{"number": 1, "title": "A greeting", "passed": 1, "total": 1, "done_at": 90}]
RESULTS = (
    Result(6.5, 10, 61, {"rating": "hard", "ticked": 2, "points": 3, "followups": 1, "asked": 2}),
    Result(5, 10, 200, {"found": False, "line": True, "cause": False}),
    Result(20, 20, 95, {"steps": STEPS, "stated": 10, "runs": 2, "ended": "done", "files": {}}),
)


def begin(root):
    return interviewing.begin(root, seed=7, level="junior", minutes=25, rounds=ROUNDS)


def go_on(project) -> None:
    """Go on with the interview that is under way, or begin one, up to its end."""
    interview = interviewing.find_unfinished(project.root) or begin(project.root)
    while interview.round is not None:
        result = RESULTS[len(interview.state.results)]
        interview.spend(interview.state.seconds + 30)
        interview.end_round(result)
    concluding.conclude(project.root, interview, project.exercises)


def test_killed_at_each_step_it_is_gone_on_with(project, kills, monkeypatch):
    # A death of the process is no failure of the power: what was written is there.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    points, met = 0, set()

    for _ in kills(lambda: go_on(project), at={"os.mkdir", "os.rename"}):
        points += 1
        (interview,) = interviewing.find_all(project.root) or [begin(project.root)]
        done = interview.state.results
        met.add((len(done), interview.state.seconds, interview.state.status))
        assert done == RESULTS[: len(done)]
        if interview.state.status != FINISHED:
            go_on(project)

        (report,) = interview_report.find_all(project.root)
        assert (report.points, report.of, report.seconds) == (31.5, 40, 356)
        assert [e.what for e in journal.entries(project.root)] == ["interviewed"]
        assert "31.5 of 40 points" in (interview.folder / "report.html").read_text()
        assert interviewing.find_unfinished(project.root) is None
        shutil.rmtree(project.root / ".kata")

    assert points > 12
    assert {(0, 0), (0, 30), (1, 0), (1, 30), (2, 0), (2, 30), (3, 0)} == {each[:2] for each in met}


def test_the_journal_has_the_interview_and_what_its_exercises_came_to(project):
    go_on(project)

    (entry,) = journal.entries(project.root)
    (interview,) = interviewing.find_all(project.root)
    assert entry.data == {
        "interview": interview.id,
        "points": 31.5,
        "of": 40,
        "rounds": [
            {"kind": "question", "exercise": "e01_sample1", "points": 6.5, "of": 10},
            {"kind": "hunt", "exercise": "e02_sample2", "points": 5, "of": 10},
            {"kind": "code", "exercise": "e03_sample3", "points": 20, "of": 20},
        ],
    }


def test_one_process_at_a_time_goes_on_with_it(project):
    interview = begin(project.root)

    with interview.taken(), pytest.raises(TimeoutError), interview.taken():
        pass


def test_two_interviews_of_the_same_moment_have_folders_of_their_own(project, time_machine):
    time_machine.move_to("2026-11-29T18:30:00Z", tick=False)

    folders = [begin(project.root).folder.name for _ in range(3)]

    assert len(set(folders)) == 3
    assert sorted(folders) == [each.id for each in interviewing.find_all(project.root)]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"rounds": [{"kind": "song", "exercise": "e01_sample1", "minutes": 4}]},
        {"rounds": []},
        {"rounds": "x"},
        {"seconds": "long"},
        {"reached": 3},
        {"began": "yesterday"},
        {"results": [{"points": 1, "of": 2, "seconds": 3}] * 4},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_state_of_an_interview_is_left_alone(project, change):
    file = begin(project.root).folder / "state.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    (file.parent.parent / "a file").write_text("")
    content = file.read_text()

    assert interviewing.find_all(project.root) == []
    assert interview_report.find_all(project.root) == []
    assert file.read_text() == content
