"""Where the learner was is where the learner is."""

from kata.terminal.watcher import Watcher


def test_running_again_stays_at_the_exercise_at_hand(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("n")
    terminal.wait_for("e02 ·", "Still to be written")
    terminal.wait_for_another("running…")
    terminal.press("r")
    terminal.wait_for("running…")

    terminal.wait_for_another("running…")
    assert terminal.wait_for("e02 · How does sample 2 greet?")


def test_a_new_watcher_begins_where_the_last_one_was(start):
    first = start()
    first.wait_for("e01 ·", "h hint")
    first.press("n")
    first.wait_for("e02 ·", "Still to be written")
    first.wait_for_another("running…")
    first.press("q")
    first.wait_for_end()

    assert start().wait_for("e02 · How does sample 2 greet?")


def test_two_watchers_keep_their_own_place(start, project):
    one, other = start(), start()
    one.wait_for("e01 ·", "h hint")
    other.wait_for("e01 ·", "h hint")
    other.press("n")
    other.wait_for("e02 ·", "Still to be written")
    other.wait_for_another("running…")
    one.press("r")
    one.wait_for("running…")

    one.wait_for_another("running…")
    assert one.wait_for("e01 · How does sample 1 greet?", "Still to be written")


def test_a_save_of_another_exercise_takes_it_up(start, answer):
    terminal = start()
    terminal.wait_for("e01 ·", "Still to be written")

    answer(3, "Hallo")

    assert terminal.wait_for("e03 · How does sample 3 greet?", "actual   (200, 'Hallo')")


def test_after_the_solved_one_comes_the_next_and_not_the_first(start, project):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("n")
    terminal.wait_for("e02 ·", "Still to be written")
    terminal.wait_for_another("running…")

    project.solve(2)

    assert terminal.wait_for("✓ e02 is solved", "e03 · How does sample 3 greet?")


def test_every_key_counts_also_three_at_once(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.wait_for_another("running…")
    terminal.press("nnp")

    assert terminal.wait_for("e02 · How does sample 2 greet?")


def test_an_exception_in_a_key_is_shown_and_the_watcher_goes_on(start, monkeypatch):
    def fail(self) -> None:
        raise RuntimeError("no hints today")

    def before() -> None:
        monkeypatch.setattr(Watcher, "run_again", fail)

    terminal = start(before)
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("r")
    terminal.wait_for("That could not be done: RuntimeError: no hints today")
    terminal.press("h")

    assert terminal.wait_for("e01, step 1: A greeting")
