"""``kata watch`` in a real terminal: keys, saves, and the terminal as it was afterwards."""

import fcntl
import os
import pty
import random
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLEAR = "\x1b[H\x1b[2J"
DEADLINE = 60


class Terminal:
    """A terminal of 80 columns and 24 rows in which a command runs."""

    def __init__(self, command: list[str], cwd: Path, env: dict[str, str]) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(command[0], command, env)
        self.resize(80, 24)
        self.mode = termios.tcgetattr(self.master)
        self.output = ""

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    @property
    def screen(self) -> str:
        """Return what was written since the screen was cleared, without colors."""
        moved = re.sub(r"\x1b\[\d+;1H", "\n", self.output.rpartition(CLEAR)[2])
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", moved)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait_for(self, *texts: str) -> str:
        """Return the screen once it shows all texts; fail when that takes too long."""
        deadline = time.monotonic() + DEADLINE
        while not all(text in self.screen for text in texts):
            if not self._read(deadline):
                pytest.fail(f"never shown: {texts}; the screen is:\n{self.screen}")
        return self.screen

    def wait_for_another(self, *texts: str) -> str:
        """Return the screen once it shows none of the texts; fail when that takes too long."""
        deadline = time.monotonic() + DEADLINE
        while any(text in self.screen for text in texts):
            if not self._read(deadline):
                pytest.fail(f"still shown: one of {texts}; the screen is:\n{self.screen}")
        return self.screen

    def wait_for_end(self) -> int:
        """Return the exit code of the command once it has ended; fail when that takes too long."""
        deadline = time.monotonic() + DEADLINE
        while self._read(deadline):
            pass
        if time.monotonic() >= deadline:
            pytest.fail(f"never ended; the screen is:\n{self.screen}")
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def _read(self, deadline: float) -> bool:
        """Read what is written next; return whether there was something before the deadline."""
        ready, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
        try:
            read = os.read(self.master, 65536) if ready else b""
        except OSError:  # The command has ended.
            read = b""
        self.output += read.decode(errors="replace")
        return bool(read)

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)


@pytest.fixture
def start(project, clone):
    """Return a function that starts watching the small project in a terminal."""
    terminals = []
    for exercise in project.exercises:
        folder = exercise.within(project.root / "solutions")
        (folder / "answer.md").write_text(f"# {exercise.number}\n\nWhat to say.\n")

    def start(command: list[str] | None = None, **env: str) -> Terminal:
        command = command or [sys.executable, "-m", "kata", "watch"]
        settings = {"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONPATH": str(clone)}
        terminal = Terminal(command, project.root, settings | env)
        terminals.append(terminal)
        return terminal

    yield start
    for terminal in terminals:
        terminal.close()


def answer(project, n: int, text: str) -> None:
    """Save a solution of an exercise that greets with another text."""
    folder = project.exercises[n - 1].within(project.root / "solutions")
    solution = (folder / f"sample{n}.py").read_text()
    project.stub(n).write_text(solution.replace('"Hello"', f'"{text}"'))


def test_the_first_unsolved_exercise_comes_up_with_the_keys(start):
    screen = start().wait_for("Still to be written", "h hint")

    assert screen.startswith("e01 · How does sample 1 greet?")
    assert len(screen.splitlines()) <= 24


def test_a_save_brings_a_new_verdict(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")

    answer(project, 1, "Hallo")

    assert terminal.wait_for("expected (200, 'Hello')", "actual   (200, 'Hallo')")


def test_a_solved_exercise_opens_the_next(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")

    project.solve(1)

    assert terminal.wait_for("✓ e01 is solved", "e02 · How does sample 2 greet?", "1/3 solved")


def test_when_the_last_exercise_is_solved_the_screen_says_so(start, project):
    project.solve(1)
    project.solve(2)
    project.pytest("exercises")
    terminal = start()
    terminal.wait_for("e03 ·", "Still to be written")

    project.solve(3)

    assert terminal.wait_for("✓ e03 is solved", "Every exercise is solved.", "3/3 solved")


def test_a_test_file_that_cannot_be_read_shows_what_pytest_says(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    test_file = project.exercises[0].test_file
    text = test_file.read_text()

    test_file.write_text("class TestStep1AGreeting(:\n")
    terminal.wait_for("SyntaxError")
    test_file.write_text(text)

    assert terminal.wait_for("e01 ·", "Still to be written")


def test_a_save_by_renaming_another_file_is_noticed(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    written = project.root / "written"
    written.write_text("import flaskk\n")

    written.replace(project.stub(1))

    assert terminal.wait_for("there is no module of that name")


def test_a_saved_template_is_noticed(start, project):
    terminal = start()
    terminal.wait_for("e01 ·")

    (project.exercises[1].folder / "templates").mkdir()
    (project.exercises[1].folder / "templates/page.html").write_text("<p>")

    assert terminal.wait_for("e02 · How does sample 2 greet?")


def test_a_save_while_a_run_hangs_is_noticed_at_once(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    project.stub(1).write_text("while True: ...\n")
    terminal.wait_for("running…")

    project.stub(1).write_text("import flaskk\n")

    assert terminal.wait_for("there is no module of that name")


def test_a_run_that_hangs_is_ended_and_its_line_named(start, project):
    tox = project.root / "tox.ini"
    tox.write_text(tox.read_text().replace("[pytest]\n", "[pytest]\nkata_time_limit = 1\n", 1))
    terminal = start()
    terminal.wait_for("Still to be written")

    project.stub(1).write_text("\n\nwhile True: ...\n")

    assert terminal.wait_for("The test did not end within 1 s", "sample1.py, line 3")


def test_the_last_of_many_saves_is_the_one_judged(start, project):
    terminal = start()
    terminal.wait_for("Still to be written")
    chance = random.Random(3)

    for n in range(15):
        if chance.random() < 0.2:
            project.stub(1).write_text("while True: ...\n")
        answer(project, 1, f"Hello {n}")
        if chance.random() < 0.5:
            terminal.wait_for(f"actual   (200, 'Hello {n}')")

    assert terminal.wait_for("actual   (200, 'Hello 14')")


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

    screen = terminal.wait_for("0/3 solved", "any other key")
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


def test_a_smaller_terminal_gets_a_smaller_screen(start):
    terminal = start()
    terminal.wait_for("Still to be written", "h hint")
    terminal.output = ""

    terminal.resize(60, 12)

    screen = terminal.wait_for("e01 ·", "h hint")
    assert len(screen.splitlines()) <= 12
    assert max(len(line) for line in screen.splitlines()) <= 60


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


def test_it_can_be_suspended_and_goes_on(start):
    shell = start(["/bin/bash", "--norc", "--noprofile", "-i"])
    shell.press(f"{sys.executable} -m kata watch\n")
    shell.wait_for("Still to be written", "h hint")
    shell.press("\x1a")
    shell.wait_for("Stopped")
    assert shell.output.rpartition("h hint")[2].count("\x1b[?25h") == 1

    shell.press("fg\n")
    shell.wait_for("Still to be written", "h hint")
    shell.press("l")

    assert shell.wait_for("0/3 solved", "any other key")
