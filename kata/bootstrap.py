"""Set up ``.venv`` from ``requirements.lock`` on a machine that has nothing but Python and git.

Standard library only: nothing else is there yet.
"""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

MISUSE = 2

_INCOMPLETE = "incomplete\n"


def has_dependencies(root: Path) -> bool:
    """Say whether this interpreter has every package that the project needs."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.match(r"[\w.-]+", requirement)
        assert name is not None, requirement
        try:
            distribution(name[0])
        except PackageNotFoundError:
            return False
    return True


def is_ready(root: Path) -> bool:
    """Say whether nothing needs to be set up for this interpreter."""
    if Path(sys.prefix) == root / ".venv" and _mark(root).is_file():
        return _is_current(root)
    return has_dependencies(root)


def interpreter(root: Path) -> Path:
    """Return where the interpreter of ``.venv`` is, or will be."""
    folder = root / ".venv"
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def activation() -> str:
    """Return the command that activates ``.venv`` in a shell of this system."""
    return r".venv\Scripts\activate" if os.name == "nt" else ". .venv/bin/activate"


def become(python: Path, arguments: list[str]) -> NoReturn:
    """Go on as another interpreter with these arguments."""
    command = [str(python), *arguments]
    if (
        os.name == "nt"
    ):  # There, a program that becomes another one gives the terminal back to the shell.
        sys.exit(subprocess.run(command).returncode)
    os.execv(python, command)


def environment(root: Path) -> Path:
    """Return the interpreter of ``.venv``, which is set up first where it is missing or out of date."""
    python = interpreter(root)
    if not _is_current(root) and not _has_dependencies_of_its_own(root, python):
        _set_up(root, python)
    return python


def _set_up(root: Path, python: Path) -> None:
    missing = [name for name in ("venv", "ensurepip") if find_spec(name) is None]
    if missing:
        stop(
            f"This Python ({sys.executable}) lacks the module {missing[0]}, which makes virtual environments. "
            "On Debian and Ubuntu: sudo apt install python3-venv. Then run python3 -m kata again."
        )
    lock = root / "requirements.lock"
    packages = len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    _say("Setting up, once: this takes a minute or so.")
    _say("  1/3  a virtual environment in .venv")
    # What an interrupted set-up left behind is ours to clear. An environment of the learner's is not,
    # and one that an older lock made only needs what has changed.
    mark = _mark(root)
    clear = (
        ["--clear"] if mark.is_file() and mark.read_text(encoding="utf-8") == _INCOMPLETE else []
    )
    _run(
        [sys.executable, "-m", "venv", *clear, str(root / ".venv")],
        "The virtual environment could not be made",
    )
    mark.write_text(_INCOMPLETE, encoding="utf-8")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--retries", "2"]
    _say(f"  2/3  up to {packages} packages from requirements.lock")
    _run(
        [*pip, "-r", str(lock)],
        "The packages could not be installed: is this machine online?",
        counted=packages,
    )
    _say("  3/3  the command kata")
    _run(
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(root)],
        "The command kata could not be installed",
    )
    mark.write_text(_digest(root), encoding="utf-8")
    _say("")


def _run(command: list[str], failure: str, counted: int = 0) -> None:
    """Run a command, count the packages it collects, and stop with a sentence when it fails."""
    lines: list[str] = []
    seen = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            if counted and line.startswith("Collecting ") and sys.stdout.isatty():
                seen += 1
                sys.stdout.write(f"\r\033[K       {seen}/{counted}  {line.split()[1]}")
                sys.stdout.flush()
    if counted and sys.stdout.isatty():
        sys.stdout.write("\r\033[K")
    if process.returncode:
        said = "\n".join(f"  {line}" for line in lines[-6:])
        stop(f"{failure}\n{said}\nRun python3 -m kata again: it goes on from here.")


def stop(sentence: str, code: int = MISUSE) -> NoReturn:
    """End with a sentence for the learner, and an exit code: that of misuse, if no other is given."""
    sys.stderr.write(f"{sentence}\n")
    sys.exit(code)


def _has_dependencies_of_its_own(root: Path, python: Path) -> bool:
    """Say whether the learner made ``.venv`` in another way and it has what is needed."""
    if _mark(root).is_file() or not python.exists():
        return False
    code = "import sys, pathlib, kata.bootstrap as b; sys.exit(not b.has_dependencies(pathlib.Path(sys.argv[1])))"
    env = {**os.environ, "PYTHONPATH": str(root)}
    return (
        subprocess.run(
            [str(python), "-c", code, str(root)], env=env, capture_output=True
        ).returncode
        == 0
    )


def _is_current(root: Path) -> bool:
    mark = _mark(root)
    return (
        interpreter(root).exists()
        and mark.is_file()
        and mark.read_text(encoding="utf-8") == _digest(root)
    )


def _mark(root: Path) -> Path:
    """Return the file that says which lock ``.venv`` was made from, or that it is incomplete."""
    return root / ".venv" / "kata-lock.txt"


def _digest(root: Path) -> str:
    return hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
