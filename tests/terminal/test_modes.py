"""The terminal under the watcher: its size and colors, and its mode afterwards."""

import os
import re
import shutil
import signal
import sys
import termios

import pytest

HANG = """
import pathlib
pathlib.Path(__file__).with_name("started.log").touch()
while True: ...
"""


def test_a_smaller_terminal_gets_a_smaller_screen(start):
    terminal = start()
    terminal.wait_for("Still to be written", "h hint")

    terminal.resize(60, 12)

    screen = terminal.wait_until(
        lambda screen: "e01 ·" in screen and max(map(len, screen.splitlines())) <= 60,
        "the screen stayed as wide as it was",
    )
    assert len(screen.splitlines()) <= 12


def test_without_color_no_color_is_written(start):
    terminal = start(NO_COLOR="1")
    terminal.wait_for("Still to be written")

    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|9[0-7])m", terminal.output)


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "Ctrl-C"])
def test_the_terminal_is_as_it_was_afterwards(start, key):
    terminal = start()
    terminal.wait_for("Still to be written")
    terminal.press(key)

    code = terminal.wait_for_end()

    assert code == 0
    assert terminal.output.rstrip().endswith("\x1b[?25h")
    assert termios.tcgetattr(terminal.master)[3] == terminal.mode[3]


def test_nothing_is_left_open_that_python_would_warn_of(start_command):
    terminal = start_command(sys.executable, "-W", "error", "-m", "kata", "watch")
    terminal.wait_for("Still to be written", "h hint")
    terminal.press("q")

    assert terminal.wait_for_end() == 0
    assert "Warning" not in terminal.output


def test_it_can_be_suspended_and_goes_on(start_command):
    shell = start_command("/bin/bash", "--norc", "--noprofile", "-i")
    shell.press(f"{sys.executable} -m kata watch\n")
    shell.wait_for("Still to be written", "h hint")
    shell.press("\x1a")
    shell.wait_for("Stopped")
    assert shell.output.rpartition("h hint")[2].count("\x1b[?25h") == 1

    shell.press("fg\n")
    shell.wait_for("Still to be written", "h hint")
    shell.press("l")

    assert shell.wait_for("0/3 solved", "Enter open")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_gives_the_terminal_back_and_ends_the_watcher(start, number):
    terminal = start()
    terminal.wait_for("Still to be written")

    os.kill(terminal.pid, number)

    assert terminal.wait_for_end() == -number
    assert terminal.output.rstrip().endswith("\x1b[?25h")
    assert termios.tcgetattr(terminal.master)[3] == terminal.mode[3]


def test_a_signal_during_a_run_that_hangs_gives_the_terminal_back(start, project):
    project.stub(1).write_text(HANG)
    terminal = start()
    started = project.stub(1).with_name("started.log")
    terminal.wait_until(lambda _: started.exists(), "the run never came to the stub")

    os.kill(terminal.pid, signal.SIGTERM)

    assert terminal.wait_for_end() == -signal.SIGTERM
    assert termios.tcgetattr(terminal.master)[3] == terminal.mode[3]


def test_a_terminal_that_is_closed_ends_the_watcher(start):
    terminal = start()
    terminal.wait_for("Still to be written")

    terminal.hang_up()

    _, status = os.waitpid(terminal.pid, 0)
    terminal.pid = 0
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGHUP)


def test_ctrl_c_in_the_editor_is_for_the_editor_alone(start, project):
    editor = project.root / "editor.py"
    editor.write_text(
        "import signal, sys\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\n"
        "print('editing', flush=True)\n"
        "signal.sigwait([signal.SIGINT])\n"
        "open(sys.argv[1], 'w').write('import flaskk')\n"
    )
    terminal = start(EDITOR=f"{sys.executable} {editor}")
    terminal.wait_for("Still to be written")
    terminal.press("e")
    terminal.wait_for("editing")

    terminal.press("\x03")

    assert terminal.wait_for("there is no module of that name")


@pytest.mark.skipif(shutil.which("less") is None, reason="There is no pager here.")
def test_a_text_that_is_longer_than_the_terminal_is_paged_in_color(start_command, project):
    readme = project.exercises[0].readme
    readme.write_text(readme.read_text() + "\n".join(f"- line {n}\n" for n in range(60)))
    terminal = start_command(sys.executable, "-m", "kata", "show", "e01")

    assert "line 59" not in terminal.wait_for("How does sample 1 greet?", "\n:")
    assert "ESC[" not in terminal.screen
    terminal.press("q")
    assert terminal.wait_for_end() == 0


def test_a_text_that_fits_is_not_paged(start_command):
    terminal = start_command(sys.executable, "-m", "kata", "show", "e01")

    assert terminal.wait_for_end() == 0
    assert "How does sample 1 greet?" in terminal.screen
