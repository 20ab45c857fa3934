"""Record sessions of ``kata``: a terminal of tmux, a copy of the tree, and the document and film of the screens.

The scripts beside this module play the sessions. They need tmux and a set-up ``.venv``.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata.authors import front  # noqa: E402

COLUMNS, ROWS = 80, 24
DEADLINE = 30
SECONDS = 4


class Terminal:
    """A terminal of tmux with a shell in a folder; ``environment`` comes on top of a bare one."""

    def __init__(self, root: Path, environment: Mapping[str, str] | None = None) -> None:
        self.colored = ""
        self._server = ["tmux", "-L", f"flask-katas-{os.getpid()}", "-f", "/dev/null"]
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        path = f"PATH={Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"
        more = [f"{name}={value}" for name, value in (environment or {}).items()]
        shell = ["env", path, "PS1=$ ", *more, "bash", "--norc", "--noprofile"]
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
        return self._shown(
            lambda shown: all(text in shown for text in texts) and "running…" not in shown
        )

    def everything(self) -> str:
        """Return the screen, with what has been scrolled away since it was last cleared."""
        return self._run("capture-pane", "-p", "-S", "-").rstrip()

    def clear(self) -> None:
        """Clear the screen, and what was scrolled away, once the shell waits."""
        self.at_the_end()
        self.enter("clear")
        self._shown(lambda shown: shown == "$")
        self._run("clear-history")

    def at_the_end(self, *texts: str) -> str:
        """Return the screen once it shows all texts, and the shell asks for the next command."""
        return self._shown(
            lambda shown: all(text in shown for text in texts) and shown.split("\n")[-1] == "$"
        )

    def close(self) -> None:
        self._run("kill-server")

    def _shown(self, is_it: Callable[[str], bool]) -> str:
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            shown = self._run("capture-pane", "-p").rstrip()
            if is_it(shown):
                self.colored = self._run("capture-pane", "-p", "-e")
                return shown
            time.sleep(0.1)
        raise TimeoutError(f"This is not what should be shown:\n{shown}")

    def _run(self, *words: str) -> str:
        return subprocess.run(
            [*self._server, *words], check=True, capture_output=True, text=True
        ).stdout


@dataclass(frozen=True)
class Scene:
    """A screen as text and with its colors, and the heading above it in Markdown."""

    heading: str
    screen: str
    colored: str

    @property
    def part(self) -> str:
        return f"{self.heading}\n\n```\n{self.screen}\n```\n"


@contextmanager
def copied_tree() -> Iterator[Path]:
    """Copy the tree into a folder that goes when this ends; its ``.venv`` is that of the project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "flask-katas"
        ignored = shutil.ignore_patterns(".git", ".venv", ".kata", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, root, ignore=ignored)
        (root / ".venv").symlink_to(ROOT / ".venv")
        yield root


def play(terminal: Terminal, scenes: Iterable[tuple[str, str]]) -> list[Scene]:
    """Play scenes, each a heading and the screen below it; close the terminal in the end."""
    try:
        return [Scene(heading, screen, terminal.colored) for heading, screen in scenes]
    finally:
        terminal.close()


def write(name: str, introduction: str, scenes: list[Scene], filmed: Iterable[int]) -> None:
    """Write the document ``docs/<name>.md``, and the film ``docs/<name>.svg`` of some of the scenes."""
    document = "\n".join([introduction, *(scene.part for scene in scenes)])
    (ROOT / "docs" / f"{name}.md").write_text(document, encoding="utf-8")
    film = front.film([scenes[number].colored for number in filmed], SECONDS)
    (ROOT / "docs" / f"{name}.svg").write_text(film, encoding="utf-8")


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
