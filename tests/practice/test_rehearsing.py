"""A rehearsal as an object: which questions come, and what becomes of one."""

import pytest

from kata.course import journal, progress
from kata.course.entries import Note
from kata.practice.talks import rehearsing, spoken


@pytest.fixture
def solutions(project):
    return project.root / "solutions"


@pytest.fixture
def rehearsal(project, solutions):
    return rehearsing.Rehearsal(rehearsing.question(project.exercises[0], solutions))


def come(project, count, first=None):
    """Return the numbers of the questions that come."""
    entries = journal.entries(project.root)
    found = rehearsing.questions(
        project.exercises, project.root / "solutions", entries, count, first
    )
    return [each.exercise.number for each in found]


def test_the_questions_rehearsed_longest_ago_come_first(project):
    assert come(project, 2) == ["e01", "e02"]

    for what, n in (("rehearsed", 1), ("rehearsed", 3), ("rehearsed", 1), ("solved", 2)):
        progress.note(project.root, Note(what, project.exercises[n - 1].id))

    assert come(project, 9) == ["e02", "e03", "e01"]
    assert come(project, 2, project.exercises[0]) == ["e01", "e02"]


def test_exercises_without_a_model_answer_are_left_out(project, solutions):
    (project.exercises[0].within(solutions) / "answer.md").unlink()
    assert come(project, 3) == ["e02", "e03"]

    with pytest.raises(spoken.NotThere, match="There is no model answer of e01 here"):
        come(project, 3, project.exercises[0])


def test_a_rehearsal_leads_to_a_note(project, rehearsal):
    rehearsal.answer(41.7)
    rehearsal.tick([3, 1])
    for had in (False, True):
        rehearsal.follow_up(had)
    result = rehearsal.rate("good")

    assert result.missed == ("And it escapes what it got, because names may hold HTML.",)
    assert [each.question for each in result.open_] == ["What is `name` without a converter?"]
    assert result.note == Note(
        "rehearsed",
        "e01_sample1",
        {"rating": "good", "seconds": 42, "ticked": 2, "points": 3, "followups": 1, "asked": 2},
    )


@pytest.mark.parametrize("number", [0, 4])
def test_only_points_that_there_are_can_be_ticked(rehearsal, number):
    with pytest.raises(ValueError, match=f"There is no point {number}; they go from 1 to 3."):
        rehearsal.tick([1, number])

    assert rehearsal.missed == (1, 2, 3)


@pytest.mark.parametrize(
    ("ticked", "rating"), [([], "again"), ([1], "hard"), ([1, 2], "good"), ([1, 2, 3], "easy")]
)
def test_the_points_suggest_a_rating(rehearsal, ticked, rating):
    rehearsal.tick(ticked)

    assert rehearsal.suggestion == rating
