"""Open the learner's files in an editor: the one that they name, or the one whose terminal this is."""

import contextlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kata.terminal.modes import Terminal


def edit(files: Sequence[Path], terminal: Terminal) -> str | None:
    """Lend the terminal to the learner's editor, with these files; return a sentence if that failed."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not named:
        return "Set EDITOR to the command of your editor, for example: export EDITOR=nano"
    try:
        command = shlex.split(named)
        with terminal.lent():
            run = subprocess.run([*command, *map(str, files)], check=False)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return f"The editor could not be started: {named} ({why}). It is named by VISUAL or EDITOR."
    if run.returncode:
        return f"The editor ended with exit status {run.returncode}: {named}. It is named by VISUAL or EDITOR."
    return None


def show_beside(file: Path, line: int | None) -> None:
    """Open a file in VS Code if this is its terminal; elsewhere, do nothing."""
    code = shutil.which("code") if os.environ.get("TERM_PROGRAM") == "vscode" else None
    if code is not None:
        place = f"{file}:{line}" if line else str(file)
        with contextlib.suppress(OSError):
            subprocess.Popen(
                [code, "-r", "-g", place],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


def address(path: Path, line: int | None = None) -> str:
    """Return what a click on a path opens: the file, in VS Code's terminal at the line."""
    if os.environ.get("TERM_PROGRAM") == "vscode":
        return f"vscode://file{path.as_posix()}" + (f":{line}" if line else "")
    return path.as_uri() if path.is_absolute() else str(path)
