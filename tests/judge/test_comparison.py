"""Two sides of a comparison in words: sorted, and of sets and dicts what is missing and what is extra."""

import pytest

from kata.judge.comparison import described, in_words


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        pytest.param({"b", "c"}, {"a", "b"}, {"missing": "'a'", "extra": "'c'"}, id="sets"),
        pytest.param({3, 20, 1}, {3}, {"extra": "1, 20"}, id="in order"),
        pytest.param({1, "a"}, {2, "b"}, {"missing": "'b', 2", "extra": "'a', 1"}, id="of kinds"),
        pytest.param(set(), {"a"}, {"actual": "set()", "missing": "'a'"}, id="nothing there"),
        pytest.param({"a"}, set(), {"expected": "set()", "extra": "'a'"}, id="nothing wanted"),
        pytest.param({"b": 1}.keys(), {"a"}, {"missing": "'a'", "extra": "'b'"}, id="keys"),
        pytest.param(
            {"x": 1, "b": 2, "a": 0},
            {"x": 1, "b": 3, "c": 4},
            {"expected": "'b': 3", "actual": "'b': 2", "missing": "'c': 4", "extra": "'a': 0"},
            id="dicts",
        ),
        pytest.param(
            (405, {"PUT", "GET"}),
            (405, {"GET", "HEAD"}),
            {
                "expected": "(405, {'GET', 'HEAD'})",
                "actual": "(405, {'GET', 'PUT'})",
                "missing": "'HEAD'",
                "extra": "'PUT'",
            },
            id="in a tuple",
        ),
        pytest.param((404, {"GET"}), (405, {"HEAD"}), {}, id="beside something else"),
        pytest.param([1], [2], {}, id="lists"),
        pytest.param([{"a": 1}], {"a": 1}, {}, id="a list for a dict"),
    ],
)
def test_what_differs_is_said(left, right, said):
    found = described("==", left, right)

    assert (found.pop("op"), found.pop("left"), found.pop("right")) == (
        "==",
        in_words(left),
        in_words(right),
    )
    assert found == said


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"b", "a", "c"}, "{'a', 'b', 'c'}"),
        (frozenset({2, 1}), "frozenset({1, 2})"),
        ({"b": {2, 1}, "a": [(1,)]}, "{'a': [(1,)], 'b': {1, 2}}"),
        ((), "()"),
        (set(), "set()"),
    ],
    ids=["set", "frozenset", "dict", "tuple", "empty set"],
)
def test_a_value_is_written_as_in_python_but_sorted(value, words):
    assert in_words(value) == words


def test_a_value_that_cannot_be_looked_at_does_no_harm():
    class Odd:
        __repr__ = None
        __hash__ = object.__hash__

        def __eq__(self, other):
            raise ValueError

    assert described("==", {"a": Odd()}, {"a": Odd()}) == {
        "op": "==",
        "left": "<dict whose repr raises TypeError>",
        "right": "<dict whose repr raises TypeError>",
    }


def test_a_long_value_is_cut():
    assert len(in_words({"a": "x" * 5_000})) == 1000
    assert len(in_words(["x" * 100_000])) < 100
    assert len(in_words(set(range(100_000)))) < 100
