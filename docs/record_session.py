"""Play a session of ``kata`` in a terminal, and write the screens to ``docs/session.md`` and ``docs/session.svg``.

It also draws the first screen as the pictures of the README, ``docs/screen-light.svg`` and ``-dark.svg``.
It works on a copy of the tree, and needs tmux and a set-up ``.venv``:

    .venv/bin/python docs/record_session.py
"""

import ast
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata.authors import front  # noqa: E402
from kata.course import catalog  # noqa: E402
from kata.course.exercise import Exercise  # noqa: E402

COLUMNS, ROWS = 80, 24
DEADLINE = 30

# Which of the scenes are in the film, and for how long each is seen.
FILMED, SECONDS = (0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 16, 17, 18), 4

INTRODUCTION = f"""\
# A session

![The screens below, one after the other](session.svg)

What a learner sees: three exercises solved, with hints, the task, the list, the difference and the model \
answer looked at; then one chosen by name, left, and found again after a restart. The screens are those of a \
terminal of {COLUMNS} columns and {ROWS} rows. `docs/record_session.py` plays the session again.
"""


class Terminal:
    """A terminal of tmux with a shell."""

    def __init__(self, root: Path) -> None:
        self.colored = ""
        self._server = ["tmux", "-L", "flask-katas", "-f", "/dev/null"]
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        path = f"PATH={Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"
        shell = ["env", path, "PS1=$ ", "bash", "--norc", "--noprofile"]
        self._run("new-session", "-d", *size, "-c", str(root), *shell)

    def type(self, text: str) -> None:
        self._run("send-keys", "-l", text)

    def enter(self, command: str) -> None:
        self.type(command)
        self.press("Enter")

    def press(self, key: str) -> None:
        self._run("send-keys", key)

    def screen(self, *texts: str) -> str:
        """Return the screen once it shows all texts and no run is under way.

        Raises:
            TimeoutError: it never does.
        """
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            shown = self._run("capture-pane", "-p")
            if all(text in shown for text in texts) and "running…" not in shown:
                self.colored = self._run("capture-pane", "-p", "-e")
                return shown.rstrip()
            time.sleep(0.1)
        raise TimeoutError(f"never shown: {texts}\n{shown}")

    def close(self) -> None:
        self._run("kill-server")

    def _run(self, *words: str) -> str:
        return subprocess.run(
            [*self._server, *words], check=True, capture_output=True, text=True
        ).stdout


def with_functions(stub: str, other: str, *names: str) -> str:
    """Return the stub with the functions of these names, and the imports, as ``other`` has them."""
    for name in names:
        stub = stub.replace(_source(stub, name), _source(other, name))
    imports = {line for line in other.splitlines() if line.startswith(("from ", "import "))}
    return stub.replace("from flask import", "\n".join([*sorted(imports), "from flask import"]), 1)


def _source(module: str, name: str) -> str:
    functions = [node for node in ast.parse(module).body if isinstance(node, ast.FunctionDef)]
    found = next(node for node in functions if node.name == name)
    return ast.get_source_segment(module, found) or ""


def scenes(
    terminal: Terminal, first: Exercise, second: Exercise, third: Exercise
) -> Iterator[tuple[str, str]]:
    """Play the session; yield a heading and the screen below it."""
    solutions = first.folder.parents[2] / "solutions"

    def solution(exercise: Exercise) -> str:
        return (exercise.within(solutions) / exercise.stub.name).read_text(encoding="utf-8")

    terminal.enter("python3 -m kata")
    yield "The first exercise comes up", terminal.screen("Still to be written", "h hint")
    terminal.press("t")
    yield "`t`: the task, with all that the step asks for", terminal.screen("any other key")
    terminal.press("Escape")
    terminal.press("h")
    yield "`h`: a hint", terminal.screen("2 more hints")
    terminal.press("h")
    yield "`h` again: the next one", terminal.screen("1 more hint for")

    stub = first.stub.read_text(encoding="utf-8")
    done = with_functions(stub, solution(first), "plain_app")
    first.stub.write_text(done.replace('"404 Not Found"', '"200 OK"'), encoding="utf-8")
    yield (
        "A save: what was expected, what came, and the exchange",
        terminal.screen("expected ('404", "actual"),
    )
    first.stub.write_text(done, encoding="utf-8")
    yield "Step 1 is done, step 2 comes up", terminal.screen("Step 2", "Still to be written")
    first.stub.write_text(solution(first), encoding="utf-8")
    yield "Solved: the next exercise opens by itself", terminal.screen("e01 is solved", "e02 ·")

    text = solution(second)
    second.stub.write_text(text.replace("\n    return app\n", "\n"), encoding="utf-8")
    yield "A beginner's mistake: no `return app`", terminal.screen("`create_app` returned None")
    second.stub.write_text(text.replace("return {", "{"), encoding="utf-8")
    yield (
        "And another: a view that returns nothing",
        terminal.screen("did not return a valid response"),
    )
    second.stub.write_text(text, encoding="utf-8")
    terminal.screen("e02 is solved", "e03 ·")

    other = ROOT / "tests" / "answers" / third.id / "right_add_url_rule.py"
    text = other.read_text(encoding="utf-8")
    third.stub.write_text(
        with_functions(text, third.stub.read_text(encoding="utf-8"), "route_table"),
        encoding="utf-8",
    )
    yield (
        "The core of the third is done; what goes further waits for a star",
        terminal.screen("e03 is solved", "the key f", "e04 ·"),
    )
    third.stub.write_text(text, encoding="utf-8")
    yield "The star", terminal.screen("e03 is mastered", "e04 ·")

    terminal.press("p")
    terminal.screen("e03 is mastered", "q quit")
    terminal.press("d")
    yield "`p` and `d`: back to it, and the difference to the solution", terminal.screen("yours")
    terminal.press("a")
    yield "`a`: the model answer", terminal.screen("In the interview")
    terminal.press("n")
    terminal.screen("e04 ·", "h hint")
    terminal.press("d")
    yield "`d` before an exercise is solved asks first", terminal.screen("Show it all the same?")
    terminal.press("n")
    terminal.screen("e04 ·", "h hint")
    terminal.press("?")
    yield "`?`: the keys", terminal.screen("the next hint")
    terminal.press("q")
    terminal.press("C-l")

    terminal.enter("python3 -m kata m09")
    yield "`python3 -m kata m09`: an exercise by its name", terminal.screen("m09 ·", "q quit")
    terminal.press("l")
    yield "`l`: the list, with how far each one is", terminal.screen("step 1 of 4")
    terminal.type("/cache")
    yield "`/`: a search in it", terminal.screen("search: cache", "h01")
    terminal.press("Escape")
    terminal.press("Escape")
    terminal.screen("m09 ·", "q quit")
    terminal.press("q")
    terminal.press("C-l")
    terminal.enter("python3 -m kata")
    yield (
        "Left and started again: where you were is where you are",
        terminal.screen("m09 ·", "q quit"),
    )
    terminal.press("q")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "flask-katas"
        ignored = shutil.ignore_patterns(".git", ".venv", ".kata", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, root, ignore=ignored)
        (root / ".venv").symlink_to(ROOT / ".venv")
        exercises = catalog.find_all(root / "exercises")
        terminal = Terminal(root)
        try:
            parts, frames = [], []
            for head, screen in scenes(terminal, *exercises[:3]):
                parts.append(f"## {head}\n\n```\n{screen}\n```\n")
                frames.append(terminal.colored)
        finally:
            terminal.close()
    (ROOT / "docs" / "session.md").write_text("\n".join([INTRODUCTION, *parts]), encoding="utf-8")
    film = front.film([frames[number] for number in FILMED], SECONDS)
    (ROOT / "docs" / "session.svg").write_text(film, encoding="utf-8")
    screen = front.first_screen(ROOT)
    for file, theme in front.pictures(ROOT).items():
        file.write_text(front.picture(screen, theme), encoding="utf-8")


if __name__ == "__main__":
    main()
