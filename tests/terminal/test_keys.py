"""The keys of the watcher."""

import shutil
import sys

import pytest

from kata.course import workspace


def test_hints_come_one_by_one(start):
    terminal = start()
    terminal.wait_for("Still to be written")

    terminal.press("h")
    assert " 2 B" not in terminal.wait_for("e01, step 1: A greeting", " 1 A")
    terminal.press("h")
    assert terminal.wait_for(" 1 A", " 2 B")


def test_next_and_previous_move_between_exercises(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("n")
    terminal.wait_for("e02 · How does sample 2 greet?")
    terminal.press("p")

    assert terminal.wait_for("e01 · How does sample 1 greet?")


def test_a_solved_exercise_can_be_gone_back_to(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    project.solve(1)
    terminal.wait_for("✓ e01 is solved", "e02 ·", "h hint")

    terminal.press("p")
    terminal.wait_for_another("e02 ·", "running…")
    terminal.wait_for("✓ e01 is solved", "1/3 solved", "h hint")
    terminal.press("d")

    assert terminal.wait_for("sample1.py is the same as the solution.")


def test_the_list_shows_every_exercise(start):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press("l")

    screen = terminal.wait_for("0/3 solved", "Enter open")
    assert [f"e0{n}" in screen for n in (1, 2, 3)] == [True, True, True]


@pytest.mark.parametrize(("key", "text"), [("d", "the solution"), ("a", "What to say.")])
def test_the_solution_is_shown_after_a_question(start, key, text):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press(key)
    assert text not in terminal.wait_for("e01 is not solved yet. Hints come first", "y yes")
    terminal.press("y")

    assert terminal.wait_for(text)


def test_without_a_yes_the_solution_stays_hidden(start):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press("a")
    terminal.wait_for("y yes")
    terminal.press("n")

    assert "What to say." not in terminal.wait_for("e01 · How does sample 1 greet?")


def test_the_keys_are_explained(start):
    terminal = start()
    terminal.wait_for("e01 ·")
    terminal.press("?")

    assert terminal.wait_for("the next hint", "open in $EDITOR", "quit")


def test_the_editor_gets_the_stub(start, project):
    editor = project.root / "editor.py"
    editor.write_text("import sys\nopen(sys.argv[1], 'w').write('import flaskk')\n")
    terminal = start(EDITOR=f"{sys.executable} {editor}")
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("e")

    assert terminal.wait_for("there is no module of that name")


@pytest.mark.parametrize("key", ["d", "a"])
def test_where_there_is_no_solution_that_is_said_and_the_watcher_goes_on(start, project, key):
    shutil.rmtree(project.root / "solutions")
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press(key)

    terminal.wait_for("There is no solution of e01 here")
    terminal.press("h")
    assert terminal.wait_for(" 1 A")


def test_the_task_is_the_step_and_then_the_whole_readme(start, project):
    readme = project.exercises[0].readme
    readme.write_text(readme.read_text() + "\n## Example\n`curl localhost:5000/` prints `Hello`.\n")
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("t")
    screen = terminal.wait_for("Step 1: A greeting", "curl localhost:5000/", "any other key")
    assert "Step 2" not in screen
    terminal.press("t")

    assert terminal.wait_for("Step 1: A greeting", "Step 2: A name")


def test_the_list_opens_what_is_chosen(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("l")
    terminal.wait_for("3 of 3 exercises")
    terminal.press("/sample 3\r\r")

    assert terminal.wait_for("e03 · How does sample 3 greet?")


def test_a_reset_asks_once_and_can_be_undone(start, project, monkeypatch):
    archive = project.root / "shipped.zip"
    archive.write_bytes(workspace.pack(project.root))
    monkeypatch.setattr(workspace, "ARCHIVE", archive)
    project.stub(1).write_text("import flaskk\n")
    terminal = start()
    terminal.wait_for("there is no module of that name", "h hint")
    terminal.press("x")
    terminal.wait_for("Bring the stub of e01 back?", "y yes")
    terminal.press("y")
    terminal.wait_for("Restored exercises/easy/e01_sample1/sample1.py")
    assert "Hello" in project.stub(1).read_text()
    terminal.press("u")

    assert terminal.wait_until(
        lambda _: project.stub(1).read_text() == "import flaskk\n", "the reset was not undone"
    )


def test_one_goes_further_with_the_exercise_just_solved(start, project):
    project.extend(1)
    terminal = start()
    terminal.wait_for("Still to be written")
    project.solve(1)
    terminal.wait_for("✓ e01 is solved", "Further  the key f, for ★", "e02 ·")
    terminal.wait_for_another("running…")
    terminal.press("f")
    terminal.wait_for("e01 ·", "Step 3: A farewell", "(goes further, for ★)")
    project.master(1)

    assert terminal.wait_for("★ e01 is mastered")


def test_without_an_exercise_to_go_further_with_that_is_said(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("f")

    assert terminal.wait_for("e01 is not solved yet. One goes further with an exercise")


def test_an_editor_that_cannot_be_started_is_named(start):
    terminal = start(EDITOR="no-such-editor --wait")
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("e")

    assert terminal.wait_for("The editor could not be started: no-such-editor --wait")


def test_an_editor_that_fails_is_named(start):
    terminal = start(EDITOR=f"{sys.executable} -c raise(SystemExit(3))")
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("e")

    assert terminal.wait_for("The editor ended with exit status 3")


def test_the_arrows_scroll_a_page(start, project):
    readme = project.exercises[0].readme
    readme.write_text(readme.read_text() + "\n".join(f"- line {n}\n" for n in range(60)))
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("tt")
    assert "line 59" not in terminal.wait_for("How does sample 1", "move")
    terminal.press("\x1b[F")
    terminal.wait_for("line 59")
    terminal.press("\x1b[H")

    assert terminal.wait_for("How does sample 1")


def test_paths_are_links_to_the_files(start, project):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")

    assert f"{project.stub(1).as_uri()}\x1b\\exercises/easy/e01_sample1" in terminal.output


def test_in_the_terminal_of_vs_code_the_file_opens_by_itself(start, project, tmp_path):
    code = tmp_path / "bin" / "code"
    code.parent.mkdir()
    code.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/opened\n')
    code.chmod(0o755)
    terminal = start(TERM_PROGRAM="vscode", PATH=f"{code.parent}:/usr/bin:/bin")
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("n")
    terminal.wait_for("e02 ·", "Still to be written")

    terminal.wait_until(
        lambda _: (
            (tmp_path / "opened").exists()
            and len((tmp_path / "opened").read_text().splitlines()) == 2
        ),
        "no file was opened",
    )
    first, second = (tmp_path / "opened").read_text().splitlines()
    assert first.startswith(f"-r -g {project.stub(1)}:")
    assert second.startswith(f"-r -g {project.stub(2)}:")


def test_while_it_runs_the_old_failure_is_marked(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.wait_for_another("running…")
    terminal.press("r")

    terminal.wait_until(
        lambda _: any("(old: it runs again)" in screen for screen in terminal.screens),
        "the old verdict was not marked",
    )
    terminal.wait_until(
        lambda screen: "✗ The page greets\r\n" in screen and "running…" not in screen,
        "the new verdict did not come",
    )


def test_a_solved_exercise_and_the_next_fit_into_24_rows(start, project):
    project.extend(1)
    terminal = start()
    terminal.wait_for("Still to be written")

    project.solve(1)

    assert "0/3" not in terminal.wait_for("✓ e01 is solved", "e02 ·", "1/3 solved")


def test_in_the_list_a_letter_without_a_slash_is_no_key_of_another_page(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("l")
    terminal.wait_for("3 of 3 exercises")
    terminal.press("pag\x1b[B\r")

    assert terminal.wait_for("e02 · How does sample 2 greet?", "Still to be written")


@pytest.mark.parametrize(("keys", "words"), [("p", "e01 is the first"), ("nnn", "e03 is the last")])
def test_there_is_nothing_before_the_first_and_after_the_last(start, keys, words):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press(keys)

    assert terminal.wait_for(f"{words} exercise.")


def test_until_the_verdict_on_another_exercise_its_task_is_shown(start):
    terminal = start()
    terminal.wait_for("e01 ·", "h hint")
    terminal.press("n")
    terminal.wait_for("e02 ·", "Still to be written")

    waiting = [screen for screen in terminal.screens if "running…" in screen and "e02 ·" in screen]
    assert waiting
    assert not any("e01 ·" in screen or "✗" in screen for screen in waiting)


def test_of_the_runs_that_a_key_held_down_asks_for_only_the_last_is_waited_for(start, answer):
    terminal = start()
    terminal.wait_for("Still to be written")
    terminal.wait_for_another("running…")

    terminal.press("r" * 100 + "np" * 100)
    answer(1, "Hallo")

    assert terminal.wait_for("e01 ·", "actual   (200, 'Hallo')")
