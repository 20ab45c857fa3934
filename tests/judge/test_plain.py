"""What a learner's code prints or raises does nothing to a terminal."""

import pytest

from kata.judge.plain import safe, without_colors


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\tcolumns,\ntwo lines ä €", "two\tcolumns,\ntwo lines ä €"),
        ("lines of Windows\r\n", "lines of Windows\n"),
        ("\x1b[2Jcleared", r"\x1b[2Jcleared"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("back\rspace\b\x7f\0", r"back\rspace\x08\x7f\x00"),
        ("half a pair \udcff", r"half a pair \udcff"),
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
    ],
)
def test_a_text_keeps_what_is_harmless(text, shown):
    assert safe(text) == shown


def test_data_is_searched_for_texts():
    assert safe({"\x07": ["\x07", 1, None, {"a": True}]}) == {
        r"\x07": [r"\x07", 1, None, {"a": True}]
    }


def test_colors_can_be_left_out():
    assert without_colors("\x1b[1;31mred\x1b[0m") == "red"
