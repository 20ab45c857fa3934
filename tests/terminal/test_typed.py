"""What a terminal sends becomes keys."""

import pytest

from kata.terminal import typed


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\x1b[A", typed.UP),
        ("\x1bOA", typed.UP),
        ("\x1b[B", typed.DOWN),
        ("\x1b[5~", typed.PAGE_UP),
        ("\x1b[6~", typed.PAGE_DOWN),
        ("\x1b[H", typed.HOME),
        ("\x1bOH", typed.HOME),
        ("\x1b[1~", typed.HOME),
        ("\x1b[7~", typed.HOME),
        ("\x1b[F", typed.END),
        ("\x1b[4~", typed.END),
        ("\r", typed.ENTER),
        ("\n", typed.ENTER),
        ("\x1b", typed.ESCAPE),
        ("\x7f", typed.BACKSPACE),
        ("ü", "ü"),
    ],
)
def test_a_key_has_one_name_in_every_dialect(sent, key):
    assert typed.keys_in(sent) == [key]


def test_keys_that_come_together_all_count():
    assert typed.keys_in("nn\x1b[Bq") == ["n", "n", typed.DOWN, "q"]


def test_the_letters_of_an_unknown_sequence_are_no_keys():
    assert typed.keys_in("\x1b[3~\x1b[1;5Cq") == ["q"]
