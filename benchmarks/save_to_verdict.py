"""Measure the time from a save to the verdict, under ``kata watch`` and under plain ptw.

In turn, so that what else the machine does falls on both alike, the stub of an exercise is saved with
a new marker in it, and the time runs until the terminal shows a verdict of that save:

    .venv/bin/python benchmarks/save_to_verdict.py [--saves 30] [EXERCISE …]

Plain ptw is pytest-watch with its own defaults and pytest as it is: ``ptw exercises/…/eNN_…``.
With ``--exercises 300``, ``kata watch`` is compared with itself on a tree filled up to so many.
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
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kata.course import catalog  # noqa: E402
from kata.course.exercise import Exercise  # noqa: E402

DEADLINE = 120
WARM_UP = 2  # So many saves are not counted.


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


@dataclass
class Side:
    """A watcher, the exercise in its tree that it watches, and what was measured."""

    name: str
    command: list[str]
    root: Path
    exercise: Exercise
    times: list[float] = field(default_factory=list)


def measure(sides: list[Side], saves: int) -> None:
    """Save the stub so many times under each watcher in turn, and note the seconds."""
    stub = sides[0].exercise.stub.read_text()
    hole = re.search(r"NotImplementedError\(", stub)
    assert hole is not None, f"{sides[0].exercise.id} has no hole"
    watchers = [Watcher(side.root, side.command) for side in sides]
    try:
        for watcher in watchers:
            watcher.wait_for("NotImplementedError")
        for n in range(saves + WARM_UP):
            for side, watcher in zip(sides, watchers, strict=True):
                marker = f"save{n:03}"
                start = time.perf_counter()
                side.exercise.stub.write_text(
                    f"{stub[: hole.end()]}'{marker}' {stub[hole.end() :]}"
                )
                watcher.wait_for(marker)
                if n >= WARM_UP:
                    side.times.append(time.perf_counter() - start)
    finally:
        for side, watcher in zip(sides, watchers, strict=True):
            watcher.stop()
            side.exercise.stub.write_text(stub)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saves", type=int, default=30)
    parser.add_argument("--exercises", type=int, help="compare with a tree of so many")
    parser.add_argument("names", nargs="*", default=["e02", "m08", "h02"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, other = Path(folder) / "tree", Path(folder) / "other"
        for tree in (root, other):
            copy_tree(tree)
        if options.exercises:
            fill_up(other, options.exercises)
        exercises, others = (catalog.find_all(tree / "exercises") for tree in (root, other))
        for name in options.names:
            exercise, same = catalog.find(name, exercises), catalog.find(name, others)
            kata = [sys.executable, "-m", "kata", "watch"]
            path = str(exercise.folder.relative_to(root))
            plain = ["ptw", "--runner", "python -m pytest", path]
            side = Side(f"kata watch, {len(exercises)} exercises", kata, root, exercise)
            if options.exercises:
                sides = [side, Side(f"kata watch, {len(others)} exercises", kata, other, same)]
            else:
                sides = [side, Side("plain ptw", plain, other, same)]
            measure(sides, options.saves)
            for side in sides:
                late = quantiles(side.times, n=20)[-1]
                middle = f"median {median(side.times):.3f} s, 95th percentile {late:.3f} s"
                print(f"{name}  {side.name:26} {middle}")
            ratio = median(sides[1].times) / median(sides[0].times)
            print(
                f"{name}  the second takes {ratio:.2f} times the first, {options.saves} saves each"
            )


if __name__ == "__main__":
    main()
