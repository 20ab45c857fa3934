"""What is shown of every answer that is kept: all of its code, and nothing that gives the cause away."""

import dis
import re
from collections import Counter
from functools import cache
from types import CodeType

import pytest

from kata.course import catalog
from kata.practice.hunts.kept import REFERENCE, Kept
from kata.practice.hunts.remarks import Source
from kata.practice.hunts.requests import CAUSES, Case, Requests
from tests.conftest import ROOT

EXERCISES = catalog.find_all(ROOT / "exercises")


@pytest.fixture(scope="module", params=EXERCISES, ids=lambda each: each.number)
def exercise(request):
    return request.param


@cache
def cases(exercise) -> list[Case]:
    requests = Requests(exercise, ROOT)
    return [requests.case(name) for name in requests.names]


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def shown(case: Case) -> str:
    """Return what is shown of an answer; the other lines of the request are the stub's."""
    return "\n".join("\n".join([file.name, *file.lines]) for file in case.files)


def compiled(code: CodeType) -> tuple:
    """Return what a module does, but for docstrings, of which only NOPs are left, and numbers of lines."""
    consts = [each for each in code.co_consts if each is not None]
    inner = [compiled(each) if isinstance(each, CodeType) else each for each in consts]
    steps = [step for step in code.co_code[::2] if step != dis.opmap["NOP"]]
    return steps, code.co_names, code.co_varnames, code.co_freevars, inner


def test_what_is_shown_does_not_give_the_cause_away(exercise):
    known = Kept(exercise, ROOT).known_remarks
    everywhere = Counter(line for case in cases(exercise) for line in {*shown(case).splitlines()})
    for case in cases(exercise):
        text = shown(case)
        said = {
            remark.text
            for file in case.files
            for remark in Source(file.name, "\n".join(file.lines)).remarks
        }
        # A line of code that another answer has as well, such as a message, tells nothing of this one.
        own = [line for line in text.splitlines() if everywhere[line] == 1]
        about = [] if case.right else words(case.about)
        runs = [about[n : n + 5] for n in range(max(1, len(about) - 4))]
        told = "\n".join(" ".join(words(each)) for each in [*own, *said])

        assert said <= known, case.name
        assert [run for run in runs if run and " ".join(run) in told] == [], case.name
        assert case.name == REFERENCE or case.name not in text
        assert "caught by" not in text


@pytest.mark.filterwarnings("ignore:.*invalid escape sequence")
def test_the_code_that_is_shown_is_that_of_the_answer(exercise):
    kept = Kept(exercise, ROOT)
    for case in cases(exercise):
        whole = kept.whole(kept.answers[case.name])
        for file in case.files:
            text = "\n".join(file.lines) + "\n"
            if file.name.endswith(".py"):
                mine, theirs = (
                    compiled(compile(code, "", "exec", optimize=2))
                    for code in (text, whole[file.name].text)
                )
                assert mine == theirs, case.name
            assert case.laid_over.get(file.name, text) == text
        changed = {
            name for name in whole if whole[name].code != kept.stub.get(name, whole[name]).code
        }
        assert changed <= {file.name for file in case.files}


def test_a_wrong_answer_has_lines_at_fault_among_those_shown_and_four_causes(exercise):
    for case in cases(exercise):
        lengths = {file.name: len(file.lines) for file in case.files}
        causes = case.causes(seed=1)

        assert all(1 <= line <= lengths[file] for file, line in case.at_fault), case.name
        assert bool(case.at_fault) == (not case.right)
        if not case.right:
            assert len(set(causes)) == len(causes) == CAUSES
            assert case.about in causes


def test_the_reference_and_right_answers_are_never_blamed(exercise):
    right = {case.name for case in cases(exercise) if case.right}

    assert right == {case.name for case in cases(exercise) if not case.name.startswith("wrong")}
    assert REFERENCE in right
    assert len(right) > 1


def test_the_line_at_fault_is_the_one_that_differs_and_not_how_the_rest_is_written(project):
    project.keep(1, "right_plain", "Say it plainly.", 'f"Hello, {name}"', '"Hello, " + name')
    for name in ("Ada", "Grace"):
        project.keep(1, f"wrong_{name.lower()}", f"Greet {name} alone.", "{name}", name)
    case = Requests(project.exercises[0], project.root).case("wrong_ada")

    assert [case.files[0].lines[line - 1] for _, line in case.at_fault] == [
        '        return f"Hello, Ada"'
    ]


def test_where_a_line_is_missing_those_beside_the_gap_are_at_fault(project):
    lines = '        return "Hello"\n\n    @app.get("/<name>")\n'
    project.keep(
        1, "wrong_no_route", "Have no page for a name.", lines, '        return "Hello"\n\n'
    )
    case = Requests(project.exercises[0], project.root).case("wrong_no_route")

    assert {case.files[0].lines[line - 1].strip() for _, line in case.at_fault} == {
        'return "Hello"',
        "def greet_by_name(name: str):",
    }
