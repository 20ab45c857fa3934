"""Which case comes, what is right, and what the tests say of it."""

from datetime import UTC, datetime

import pytest

from kata.course.entries import Entry
from kata.practice.hunts import hunting
from kata.practice.hunts.hunting import NothingToHunt, choose, judge
from kata.practice.hunts.proof import prove
from kata.practice.hunts.requests import Requests

CAUGHT_BY = "test_the_page_greets_by_name"


@pytest.fixture
def project(project):
    """Return the small project, whose first two exercises have answers; Ada is greeted in line 16."""
    for n in (1, 2):
        project.keep(n, "right_plus", "Add the name.", 'f"Hello, {name}"', '"Hello, " + name')
        project.keep(n, "wrong_ada", "Greet Ada alone.", "{name}", "Ada", caught_by=CAUGHT_BY)
        project.keep(
            n,
            "wrong_name_of_no_page",
            "Spell the name in another way.",
            'f"Hello, {name}"',
            "app.spelled(name)",
            caught_by=CAUGHT_BY,
        )
    return project


@pytest.fixture
def case(project):
    return lambda name: Requests(project.exercises[0], project.root).case(name)


def hunted(answer: str, exercise: str, *, found: bool) -> Entry:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    return Entry(answer, now, hunting.HUNTED, exercise, {"answer": answer, "found": found})


def line_of(case, text: str) -> tuple[str, int]:
    (file,) = case.files
    return file.name, next(n for n, line in enumerate(file.lines, 1) if text in line)


def test_the_line_and_the_cause_are_both_asked_for(case):
    found = case("wrong_ada")
    place = line_of(found, "Hello, Ada")

    assert judge(found, place, "Greet Ada alone.").found
    judged = judge(found, place, "Spell the name in another way.")
    assert (judged.found, judged.line, judged.cause) == (False, True, False)
    judged = judge(found, line_of(found, "import Flask"), "Greet Ada alone.")
    assert (judged.found, judged.line, judged.cause) == (False, False, True)


def test_two_lines_beside_the_fault_are_right_as_well(case):
    found = case("wrong_ada")
    file, line = line_of(found, "Hello, Ada")

    near = [judge(found, (file, line + by), found.about).line for by in (-3, -2, -1, 1, 2, 3)]
    assert near == [False, True, True, True, True, False]


def test_of_a_right_answer_it_is_right_that_nothing_is_wrong(case):
    for name in ("right_plus", "reference"):
        assert judge(case(name), None, None).found
        assert not judge(case(name), line_of(case(name), "Hello"), None).line
    assert not judge(case("wrong_ada"), None, None).found


def test_the_tests_that_catch_a_case_fail_on_what_is_shown(case, project):
    proof = prove(case("wrong_ada"), project.root)

    assert proof.failure.test == f"{CAUGHT_BY}[Grace]"
    assert proof.failure.comparison["left"] == "'Hello, Ada'"
    assert prove(case("right_plus"), project.root).failure is None
    assert prove(case("reference"), project.root).ran == 3
    assert not (project.root / ".kata").exists()


def test_every_line_of_the_function_in_which_the_error_arose_is_right(case, project):
    found = case("wrong_name_of_no_page")
    failure = prove(found, project.root).failure

    assert judge(found, line_of(found, "def greet_by_name"), found.about, failure).line
    assert not judge(found, line_of(found, "import Flask"), found.about, failure).line


def test_a_solved_exercise_comes_first_and_the_seed_decides_on_the_case(project):
    first, second, _ = project.exercises

    cases = [choose(project.exercises, project.root, {second.id}, [], seed) for seed in range(9)]
    assert {case.exercise for case in cases} == {second}
    again = [choose(project.exercises, project.root, {second.id}, [], seed) for seed in range(9)]
    assert again == cases
    assert len({case.name for case in cases}) > 1
    unsolved = {choose(project.exercises, project.root, [], [], n).exercise for n in range(9)}
    assert unsolved == {first, second}
    assert choose([first], project.root, {second.id}, [], 1).exercise == first


def test_what_was_not_hunted_comes_before_what_was_missed_and_then_what_was_missed_first(project):
    first = project.exercises[0]
    names = Requests(first, project.root).names
    journal = [hunted(name, first.id, found=name != "wrong_ada") for name in names[1:]]

    assert names[:2] == ["reference", "right_plus"]
    assert {choose([first], project.root, [], journal, n).name for n in range(9)} == {
        "reference",
        "wrong_ada",  # Now and then.
    }
    journal.append(hunted("reference", first.id, found=True))
    assert choose([first], project.root, [], journal, 1).name == "wrong_ada"
    journal.append(hunted("wrong_ada", first.id, found=True))
    assert choose([first], project.root, [], journal, 1).name == "right_plus"


def test_where_no_answers_are_kept_a_sentence_says_what_is_missing(project):
    third = project.exercises[2]

    with pytest.raises(NothingToHunt, match="e03 here: tests/answers/e03_sample3 is missing"):
        choose([third], project.root, [], [])
    assert not hunting.has_cases(third, project.root)
