"""A change while a run is under way: the learner's save, or what the run wrote itself."""

import pytest

from kata.judge.reruns import GRACE, PAUSES, Reruns


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reruns(clock) -> Reruns:
    return Reruns(clock)


def test_a_change_while_nothing_runs_is_a_save(reruns):
    assert reruns.changed() is True


def test_a_verdict_on_what_is_still_there_is_shown_and_settles_it(reruns):
    reruns.begin()

    assert reruns.end(changed=False) is True
    assert reruns.due is None


def test_the_first_change_during_a_run_begins_another(reruns):
    reruns.begin()

    assert reruns.changed() is True


def test_a_verdict_on_what_is_no_longer_there_is_discarded_once(reruns):
    reruns.begin()
    assert reruns.end(changed=True) is False

    reruns.begin()
    assert reruns.end(changed=True) is True


def test_a_run_that_changes_a_source_every_time_comes_to_rest(reruns, clock):
    shown = []
    for _ in range(20):
        reruns.begin()
        clock.now += 0.1
        shown.append(reruns.end(changed=True))
        if reruns.due is None and shown[-1]:
            break
        clock.now = max(clock.now, reruns.due or 0)

    assert shown == [False, *([True] * (len(PAUSES) + 1))]


def test_a_change_in_the_pause_before_another_run_is_a_save(reruns, clock):
    reruns.begin()
    reruns.end(changed=True)
    reruns.begin()
    reruns.end(changed=True)
    clock.now += PAUSES[0] / 2

    assert reruns.changed() is True


def test_after_a_second_change_in_a_row_the_run_is_given_time_for_its_verdict(reruns, clock):
    reruns.begin()
    reruns.changed()
    reruns.begin()

    assert reruns.changed() is False
    assert reruns.due == clock.now + GRACE


def test_a_run_that_uses_its_time_up_is_given_more_the_next_time(reruns, clock):
    reruns.begin()
    reruns.changed()
    times = []
    for _ in range(3):
        reruns.begin()
        reruns.changed()
        times.append(reruns.due - clock.now)
        clock.now = reruns.due

    assert times == [GRACE, 2 * GRACE, 4 * GRACE]


def test_further_changes_during_a_run_give_it_no_more_time(reruns, clock):
    reruns.begin()
    reruns.changed()
    reruns.begin()
    reruns.changed()
    due = reruns.due
    clock.now += GRACE / 2

    assert reruns.changed() is False
    assert reruns.due == due


def test_a_verdict_that_came_in_time_is_shown_and_looked_at_again(reruns, clock):
    reruns.begin()
    reruns.changed()
    reruns.begin()
    reruns.changed()

    assert reruns.end(changed=True) is True
    assert reruns.due == clock.now + PAUSES[0]


def test_a_run_that_the_learner_asks_for_starts_afresh(reruns):
    reruns.begin()
    reruns.changed()
    reruns.forget()
    reruns.begin()

    assert reruns.changed() is True


def test_after_a_run_without_a_change_the_next_change_is_the_first(reruns):
    reruns.begin()
    reruns.changed()
    reruns.begin()
    reruns.end(changed=False)
    reruns.begin()

    assert reruns.changed() is True
