"""Where the learner was is where the learner is."""

from kata.terminal.screen import Screen
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


def test_an_exercise_that_goes_away_and_comes_back_with_a_save_is_taken_up(start, project, answer):
    folder = project.exercises[0].folder
    aside = folder.with_name("aside")
    terminal = start()
    terminal.wait_for("e01 ·", "Still to be written")
    folder.rename(aside)
    terminal.wait_for("e02 · How does sample 2 greet?", "0/2 solved")

    aside.rename(folder)
    answer(1, "Hallo")

    assert terminal.wait_for("e01 · How does sample 1 greet?", "actual   (200, 'Hallo')")


def test_the_watcher_outlasts_all_exercises(start, project):
    tree = project.root / "exercises"
    terminal = start()
    terminal.wait_for("e01 ·", "Still to be written")
    tree.rename(project.root / "aside")
    terminal.wait_for("there is no exercise below the given path", "q quit")
    terminal.press("n")
    terminal.wait_for("there is no exercise below the given path", "q quit")

    (project.root / "aside").rename(tree)

    assert terminal.wait_for("How does sample", "Still to be written", "0/3 solved")


def test_a_text_in_another_encoding_is_shown_as_far_as_it_can_be_read(start, project):
    readme = project.exercises[0].readme
    readme.write_bytes(readme.read_bytes().replace(b"How does", b"Gr\xfc\xdfe: how does"))
    terminal = start()

    terminal.wait_for("how does sample 1 greet?", "Step 1: A greeting", "Still to be written")
    terminal.press("t")

    assert terminal.wait_for("how does sample 1 greet?", "any other key: the exercise")


def test_a_fault_in_drawing_is_shown_and_the_watcher_goes_on(start, answer, monkeypatch):
    def fail(self, *_: object, **__: object) -> None:
        raise RuntimeError("no screen today")

    terminal = start(lambda: monkeypatch.setattr(Screen, "show", fail))
    terminal.wait_for("That could not be done: RuntimeError: no screen today", "q quit")
    answer(1, "Hallo")
    terminal.wait_for("That could not be done", "q quit")
    terminal.press("l")
    terminal.wait_for("3 of 3 exercises")
    terminal.press("q")

    assert terminal.wait_for_end() == 0
