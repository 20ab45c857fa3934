"""Stubs that write beside themselves: a verdict comes, and the watcher comes to rest."""

import pytest

LOG = """
import logging, pathlib, time
_log = logging.getLogger("sample")
_log.addHandler(logging.FileHandler(pathlib.Path(__file__).with_name("requests.log")))
_log.warning("started at %s", time.perf_counter())
"""

OTHER = """
import pathlib, time
pathlib.Path(__file__).with_name("{name}").write_text(f"# {{time.perf_counter()}}")
"""

NEW_ONE = """
import pathlib, uuid
pathlib.Path(__file__).with_name(f"made_{uuid.uuid4().hex}.py").touch()
"""

ITSELF = """
import pathlib
with pathlib.Path(__file__).open("a") as itself:
    itself.write("# again\\n")
"""


def verdicts(terminal, text: str) -> int:
    """Count how often a verdict with a text was drawn."""
    return sum(text in screen and "running…" not in screen for screen in terminal.screens)


@pytest.mark.parametrize(
    "more",
    [
        LOG,
        OTHER.format(name="same.py").replace("{time.perf_counter()}", "the same"),
        OTHER.format(name="made.py"),
        OTHER.format(name="made.html"),
        NEW_ONE,
        ITSELF,
    ],
    ids=["a log", "the same module", "a module", "a page", "another module", "itself"],
)
def test_a_stub_that_writes_beside_itself_gets_a_verdict(start, answer, more):
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(1, "Hallo", more)

    assert terminal.wait_until(
        lambda screen: "actual   (200, 'Hallo')" in screen and "running…" not in screen,
        "no verdict came",
    )


def test_a_stub_that_writes_a_log_is_run_once(start, answer):
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(1, "Hallo", LOG)
    terminal.wait_for("actual   (200, 'Hallo')")
    answer(1, "Hullo", LOG)
    terminal.wait_for("actual   (200, 'Hullo')")

    assert verdicts(terminal, "'Hallo'") == 1


def test_a_save_is_judged_although_the_stub_writes_beside_itself(start, answer):
    terminal = start()
    terminal.wait_for("Still to be written")

    for n in range(4):
        answer(1, f"Hello {n}", NEW_ONE)

    assert terminal.wait_for("actual   (200, 'Hello 3')")
    answer(1, "Hello again", NEW_ONE)
    assert terminal.wait_for("actual   (200, 'Hello again')")


def test_an_exercise_solved_by_such_a_stub_opens_the_next(start, project, answer):
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(1, "Hello", NEW_ONE)

    assert terminal.wait_for("✓ e01 is solved", "e02 · How does sample 2 greet?")
