"""The last line says which keys there are, and always how to quit."""

import pytest

from kata.terminal import bar


@pytest.mark.parametrize("width", [20, 40, 60, 79, 120])
@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("more", [False, True])
def test_quit_is_visible_at_every_width(width, running, more):
    line = bar.of_verdict(running, more, width)

    assert line.endswith("q quit")
    assert len(line) <= width


def test_in_80_columns_a_run_under_way_leaves_the_task_the_hint_and_the_keys():
    line = bar.of_verdict(True, True, 79)

    assert [part in line for part in ("running…", "t task", "h hint", "? keys")] == [True] * 4


def test_a_page_that_is_longer_than_the_screen_says_how_to_move():
    assert "↑↓" in bar.of_page(True, 79)
    assert "↑↓" not in bar.of_page(False, 79)
