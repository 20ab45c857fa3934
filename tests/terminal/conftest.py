"""A terminal in which the watcher runs, as a learner sees it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from kata import cli
from kata.cli import words

CLEAR = "\x1b[H\x1b[2J"
DEADLINE = 20


class Terminal:
    """A terminal of 80 columns and 24 rows, in which a process runs that ``run`` never returns from."""

    def __init__(self, run: Callable[[], object]) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                for number in (signal.SIGTERM, signal.SIGHUP):  # pytest has handlers of its own.
                    signal.signal(number, signal.SIG_DFL)
                run()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(99)
        self.resize(80, 24)
        self.mode = termios.tcgetattr(self.master)
        self.output = ""
        self.over = False  # No process has the terminal any more.

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    @property
    def screen(self) -> str:
        """Return what was written since the screen was cleared, without colors."""
        return plain(self.output.rpartition(CLEAR)[2])

    @property
    def screens(self) -> list[str]:
        """Return everything that was shown, in order."""
        return [plain(part) for part in self.output.split(CLEAR)]

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait_for(self, *texts: str) -> str:
        """Return the screen once it shows all texts; fail when that takes too long."""
        return self.wait_until(
            lambda screen: all(text in screen for text in texts), f"{texts} never came"
        )

    def wait_for_another(self, *texts: str) -> str:
        """Return the screen once it shows none of the texts; fail when that takes too long."""
        return self.wait_until(
            lambda screen: not any(text in screen for text in texts), f"one of {texts} stayed"
        )

    def wait_until(self, condition: Callable[[str], bool], complaint: str) -> str:
        """Return the screen once it fulfils a condition; fail when that takes too long."""
        deadline = time.monotonic() + DEADLINE
        while not condition(self.screen):
            self._read(min(deadline, time.monotonic() + 0.1))
            if not condition(self.screen) and (self.over or time.monotonic() >= deadline):
                pytest.fail(f"{complaint}; the screen is:\n{self.screen}")
        return self.screen

    def wait_for_end(self) -> int:
        """Return the exit code of the process once it has ended; fail when that takes too long."""
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
        except OSError:
            self.over, read = True, b""
        self.output += read.decode(errors="replace")
        return bool(read)

    def hang_up(self) -> None:
        """Take the terminal away, as a closed window does."""
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.master >= 0:
            os.close(self.master)


def plain(output: str) -> str:
    """Return a screen without colors and links."""
    unlinked = re.sub(r"\x1b\]8;.*?\x1b\\", "", output)
    moved = re.sub(r"\x1b\[\d+;1H", "\n", unlinked)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", moved)


@pytest.fixture
def start(project):
    """Return a function that starts ``kata watch`` on the small project in a terminal.

    It runs in a fork of this process, which has imported most of what it needs.
    """
    terminals = []
    for exercise in project.exercises:
        folder = exercise.within(project.root / "solutions")
        (folder / "answer.md").write_text(f"# {exercise.number}\n\nWhat to say.\n")

    def start(before: Callable[[], object] = lambda: None, **env: str) -> Terminal:
        terminals.append(Terminal(lambda: (before(), watch(project.root, env))))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def start_command(project, clone):
    """Return a function that starts a command in a terminal, in the folder of the small project."""
    terminals = []
    env = {"PATH": os.environ["PATH"], "TERM": "xterm", "PYTHONPATH": str(clone)}

    def start_command(*command: str) -> Terminal:
        def run() -> None:
            os.chdir(project.root)
            os.execve(command[0], command, env)

        terminals.append(Terminal(run))
        return terminals[-1]

    yield start_command
    for terminal in terminals:
        terminal.close()


def watch(root: Path, env: dict[str, str]) -> None:
    """Be the command ``kata watch`` of a project in ``root``."""
    os.chdir(root)
    for name in ("NO_COLOR", "EDITOR", "VISUAL", "COLUMNS", "LINES"):
        os.environ.pop(name, None)
    os.environ.update({"TERM": "xterm", **env})
    # As Python's own, they leave the terminal open when others take their place.
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(n, mode, closefd=False) for n, mode in enumerate("rww")
    )
    words.ROOT = root
    try:
        cli.main(["watch"])
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(end.code or 0)


@pytest.fixture
def answer(project):
    """Return a function that saves a solution of an exercise that greets with another text."""

    def answer(n: int, text: str, more: str = "") -> None:
        folder = project.exercises[n - 1].within(project.root / "solutions")
        solution = (folder / f"sample{n}.py").read_text()
        project.stub(n).write_text(solution.replace('"Hello"', f'"{text}"') + more)

    return answer
