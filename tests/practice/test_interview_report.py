"""The report says what was reached and what to revise first, and its page obeys nothing that somebody typed."""

from dataclasses import replace

import pytest

from kata.judge.examining import Examined
from kata.practice.interviews import interview_page, interview_report, interviewing, marking
from kata.practice.interviews.interview_report import Line, Report
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION, Round

HOSTILE = "<script>alert('x')</script></pre><img src=http://x/y> & {{ 7*7 }} ”"
ASKED = {"rating": "good", "ticked": 2, "points": 4, "followups": 1, "asked": 1}


@pytest.fixture
def interview(project):
    """Return an interview in which nothing was said without a trap in it."""
    rounds = [
        Round(QUESTION, "e01_sample1", 4),
        Round(HUNT, "e02_sample2", 6),
        Round(CODE, "e03_sample3", 12),
        Round(CODE, "e99_gone", 12),
    ]
    interview = interviewing.begin(project.root, seed=7, level="junior", minutes=45, rounds=rounds)
    said = {**ASKED, "missed": [f"Point {HOSTILE}"], "notes": HOSTILE}
    interview.end_round(marking.of_question(said, 250, follow_ups=2))
    hunted = {"answer": "wrong_x", "found": False, "line": False, "cause": False}
    interview.end_round(marking.of_hunt(hunted, 61))
    reached = marking.steps_reached(project.exercises[2], Examined({1: 1, 2: 1}, {1: 1, 2: 2}))
    steps = [replace(reached[0], done_at=75), reached[1]]
    interview.end_round(
        marking.of_code(
            steps, 720, stated=10, runs=3, ended="time", files={f"{HOSTILE}.py": HOSTILE}
        )
    )
    interview.end_round(interviewing.Result(0, 0, 0))
    return interview


@pytest.fixture
def report(interview, project) -> Report:
    return interview_report.make(interview, project.exercises, {"e03_sample3"})


def test_points_and_times_are_those_of_the_rounds(report):
    assert [(line.points, line.of, line.seconds) for line in report.lines] == [
        (6.0, 10, 250), (0, 10, 61), (15.0, 20, 720), (0, 0, 0),
    ]  # fmt: skip
    assert (report.points, report.of, report.seconds, report.given) == (21.0, 40, 1031, 34)
    assert report.by_kind() == {
        "Question": (6.0, 10), "Bug hunt": (0.0, 10), "Exercise": (15.0, 20),
    }  # fmt: skip
    assert report.by_tier() == {"easy": (21.0, 40)}


def test_what_lost_most_is_revised_first(report):
    assert [(each.number, each.why, each.commands) for each in report.revise] == [
        ("e02", "not found", ("kata hunt e02",)),
        ("e03", "not done: A name", ("kata again e03", "kata hint e03")),
        ("e01", "2 of 4 points said, 1 of 2 follow-ups answered", ("kata rehearse e01",)),
    ]


def test_a_report_that_was_kept_is_the_same(report, interview, project):
    interview_report.write(report, interview.folder)

    assert interview_report.find_all(project.root) == [report]


def test_the_page_is_whole_needs_nothing_and_obeys_nothing(report, read_page):
    html = interview_page.html(report)
    page = read_page(html)

    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    assert page.values("src", "href", "srcset", "action", "style", "onclick", "onload") == []
    assert "url(" not in html
    assert "@import" not in html
    assert page.text.count(HOSTILE) == 4
    for said in (
        *("21 of 40 points", "17:11 of 34:00 minutes", "How does sample 3 greet?", "not found"),
        *("12:00 minutes; the exercise states 10.", "The tests ran 3 times; the time was up."),
        *("1 of 1 tests, at 1:15", "1 of 2 tests", "e99_gone", "--seed 7 --level junior"),
    ):
        assert said in page.text


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ({"ticked": 4, "followups": 3, "rating": "easy"}, 10),
        ({"ticked": 4, "followups": 6, "rating": "good"}, 10),
        ({"ticked": 2, "followups": 1, "rating": "hard"}, 4.7),
        ({"ticked": 0, "followups": 0, "rating": "again"}, 0),
    ],
    ids=str,
)
def test_a_question_is_marked_by_points_follow_ups_and_the_learners_word(said, points):
    assert marking.of_question({**ASKED, **said}, 60, follow_ups=6).points == points


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ({"found": True, "line": True, "cause": True}, 10),
        ({"found": False, "line": True, "cause": False}, 5),
        ({"found": False, "line": False, "cause": True}, 5),
        ({"found": False, "line": False, "cause": False}, 0),
    ],
    ids=str,
)
def test_a_hunt_is_marked_by_line_and_cause(said, points):
    assert marking.of_hunt(said, 60).points == points


def test_an_exercise_of_which_nothing_ran_has_no_points():
    result = marking.of_code([], 60, stated=10)

    assert (result.points, result.data["solved"]) == (0, False)
    line = Line(CODE, "e01", "e01", "easy", "T", 12, 60, 0, 20, result.data)
    assert line.lost == 20
