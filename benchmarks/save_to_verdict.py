"""Measure the time from a save to the verdict, under ``kata watch`` and under plain ptw.

In turn, so that what else the machine does falls on both alike, the stub of an exercise is saved with
a new marker in it, and the time runs until the terminal shows a verdict of that save:

    .venv/bin/python benchmarks/save_to_verdict.py [SAVES] [EXERCISE …]

Plain ptw is pytest-watch with its own defaults and pytest as it is: ``ptw exercises/…/eNN_…``.
With ``--exercises 300`` the tree is filled up with generated exercises first.
"""

import argparse
import os
import pty
import re
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata import catalog  # noqa: E402
from kata.catalog import Exercise  # noqa: E402

DEADLINE = 120


class Watcher:
    """A watcher in a terminal of its own."""

    def __init__(self, root: Path, command: list[str]) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(root)
            env = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "100", "LINES": "40"}
            env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
            os.execvpe(command[0], command, env)

    def wait_for(self, text: str) -> None:
        """Return when the terminal has shown ``text`` since the last call."""
        shown, deadline = "", time.monotonic() + DEADLINE
        while text not in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown):
            ready, _, _ = select.select([self.master], [], [], deadline - time.monotonic())
            if not ready:
                raise TimeoutError(f"{text} was not shown within {DEADLINE} s:\n{shown[-2000:]}")
            shown += os.read(self.master, 65536).decode(errors="replace")

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        os.close(self.master)
        os.waitpid(self.pid, 0)


def copy_tree(target: Path) -> None:
    """Copy the project without its environment and its progress."""
    leave_out = shutil.ignore_patterns(
        ".venv", ".git", ".kata", ".tox", "__pycache__", "tests", ".*_cache"
    )
    shutil.copytree(ROOT, target, ignore=leave_out)


def fill_up(root: Path, count: int) -> None:
    """Add copies of the first exercise until there are ``count``."""
    exercises = catalog.find_all(root / "exercises")
    model = exercises[0]
    for n in range(len(exercises), count):
        slug = f"{model.slug}_{n}"
        folder = root / "exercises" / "more" / f"z{n:03}_{slug}"
        shutil.copytree(model.folder, folder)
        (folder / model.stub.name).rename(folder / f"{slug}.py")
        (folder / model.test_file.name).rename(folder / f"test_{slug}.py")


def measure(
    exercise: Exercise, commands: dict[str, list[str]], root: Path, saves: int
) -> dict[str, list[float]]:
    """Save the stub so many times under each watcher in turn, and return the seconds."""
    stub = exercise.stub.read_text()
    hole = re.search(r"NotImplementedError\(", stub)
    assert hole is not None, f"{exercise.id} has no hole"
    times: dict[str, list[float]] = {name: [] for name in commands}
    for name, command in commands.items():
        exercise.stub.write_text(stub)
        watcher = Watcher(root, command)
        try:
            watcher.wait_for("NotImplementedError")
            for n in range(saves + 2):
                marker = f"save{n:03}"
                start = time.perf_counter()
                exercise.stub.write_text(f"{stub[: hole.end()]}'{marker}' {stub[hole.end() :]}")
                watcher.wait_for(marker)
                if n >= 2:  # The first saves warm both up.
                    times[name].append(time.perf_counter() - start)
        finally:
            watcher.stop()
            exercise.stub.write_text(stub)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--exercises", type=int, default=0, help="fill the tree up to so many")
    parser.add_argument("names", nargs="*", default=["e02", "m08", "h02"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        copy_tree(root)
        fill_up(root, options.exercises)
        exercises = catalog.find_all(root / "exercises")
        print(f"{len(exercises)} exercises, {options.saves} saves each")
        for name in options.names:
            exercise = catalog.find(name, exercises)
            path = str(exercise.folder.relative_to(root))
            commands = {
                "kata watch": [sys.executable, "-m", "kata", "watch"],
                "plain ptw": ["ptw", "--runner", "python -m pytest", path],
            }
            times = measure(exercise, commands, root, options.saves)
            for watcher, values in times.items():
                late = quantiles(values, n=20)[-1]
                print(
                    f"{name} {watcher:11} median {median(values):.3f} s, 95th percentile {late:.3f} s"
                )
            print(
                f"{name} ratio       {median(times['plain ptw']) / median(times['kata watch']):.1f}"
            )


if __name__ == "__main__":
    main()
