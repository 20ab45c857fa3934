"""The list of exercises to choose from."""

import pytest

from kata.course import progress
from kata.terminal import typed
from kata.terminal.chooser import Chooser
from kata.terminal.console import make_console

QUESTION = "How does sample {} greet?"
HOW_FAR = "step 2 of 2 · 1/3 · 2 hints"


class List:
    """A list on a screen of 80 columns, and what was chosen from it."""

    def __init__(self, exercises, state) -> None:
        self.opened = []
        self._chooser = Chooser(exercises, state, exercises[0], self.opened.append)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._chooser.press(key)

    def lines(self, room: int = 20) -> list[str]:
        console = make_console()
        with console.capture() as capture:
            console.print(self._chooser.render(room))
        return capture.get().splitlines()

    @property
    def numbers(self) -> list[str]:
        return [word for line in self.lines()[1:-1] for word in line.split() if word[:2] == "e0"]


@pytest.fixture
def state():
    """Return the progress of someone who mastered one exercise and is in the middle of the next."""
    return progress.Progress(
        solved={"e01_sample1"},
        failing={"e02_sample2": 2},
        reached={"e02_sample2": (1, 3)},
        hints={"e02_sample2/1": 1, "e02_sample2/2": 1},
        current="e02_sample2",
    )


@pytest.fixture
def listed(project, state, monkeypatch):
    """Return a list of three exercises."""
    monkeypatch.setenv("COLUMNS", "80")
    return List(project.exercises, state)


def test_each_row_says_how_far_it_is(listed):
    assert [line.split() for line in listed.lines()[1:]] == [
        ["▸", "easy", "e01", "★", "mastered", *QUESTION.format(1).split()],
        ["easy", "e02", *HOW_FAR.split(), *QUESTION.format(2).split()],
        ["easy", "e03", *QUESTION.format(3).split()],
        ["1/3", "solved", "·", "★", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ([], "e01"),
        ([typed.DOWN], "e02"),
        (["j", "j", "k"], "e02"),
        ([typed.END], "e03"),
        ([typed.PAGE_DOWN, typed.UP], "e02"),
        ([typed.END, typed.HOME], "e01"),
        ([typed.UP], "e01"),
        ([typed.DOWN] * 9, "e03"),
    ],
)
def test_enter_opens_what_the_keys_have_moved_to(listed, keys, number):
    listed.press(*keys, typed.ENTER)

    assert [exercise.number for exercise in listed.opened] == [number]


def test_a_search_leaves_what_has_all_its_words(listed):
    listed.press("/", *"sample 2")

    assert listed.numbers == ["e02"]
    listed.press(typed.ENTER, typed.ENTER)
    assert [exercise.number for exercise in listed.opened] == ["e02"]


def test_a_search_looks_in_the_headings_of_the_steps(listed):
    listed.press("/", *"greeting")
    assert listed.numbers == ["e01", "e02", "e03"]

    listed.press("/", *"farewell")
    assert listed.numbers == []


def test_a_letter_of_a_search_is_no_key(listed):
    listed.press("/", *"sts")

    assert "search: sts" in listed.lines()[0]
    assert listed.numbers == []


def test_backspace_takes_a_letter_back_and_escape_the_search(listed):
    listed.press("/", *"e03x", typed.BACKSPACE)
    assert listed.numbers == ["e03"]

    listed.press(typed.ESCAPE)
    assert listed.numbers == ["e01", "e02", "e03"]


def test_the_state_filters(listed):
    shown = []
    for _ in range(4):
        listed.press("s")
        shown.append(listed.numbers)

    assert shown == [["e02", "e03"], ["e01"], ["e02", "e03"], ["e01", "e02", "e03"]]


def test_the_tier_filters(listed):
    listed.press("t")
    assert listed.numbers == ["e01", "e02", "e03"]
    listed.press("t")
    assert "tier: medium" in listed.lines()[0]
    assert listed.numbers == []


def test_without_a_row_enter_opens_nothing(listed):
    listed.press("/", *"nothing", typed.ENTER, typed.ENTER)

    assert listed.opened == []


def test_each_row_is_one_line_also_that_of_the_choice(listed, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    listed.press(typed.DOWN)

    rows = listed.lines()[1:-1]
    assert [row[2:6] for row in rows] == ["easy", "easy", "easy"]


def test_the_choice_stays_in_a_small_window(project, state, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    listed = List(project.exercises, state)
    listed.press(typed.END)

    lines = listed.lines(room=3)

    assert len(lines) == 3
    assert "e03" in lines[1]


def test_a_key_that_means_nothing_here_is_left_to_others(project, state):
    chooser = Chooser(project.exercises, state, project.exercises[0], print)

    assert [chooser.press(key) for key in (typed.ESCAPE, "q", "h")] == [False, False, False]
