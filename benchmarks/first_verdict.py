"""Measure how long ``python3 -m kata`` takes for a verdict, against plain pytest on the same exercise.

Both run in turn, so that what else the machine does falls on both alike. Run it after the set-up:

    python3 benchmarks/first_verdict.py [ROUNDS]
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
EXERCISE = "exercises/easy/e01_what_is_flask"


def seconds(command: list[str]) -> float:
    """Run a command without a terminal and return how long it took."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return time.perf_counter() - start


def main(rounds: int) -> None:
    bare = next(
        path
        for folder in os.environ["PATH"].split(os.pathsep)
        if (path := Path(folder) / "python3").exists() and ROOT not in path.parents
    )
    commands = {
        "python3 -m kata": [str(bare), "-m", "kata", "run", "e01"],
        "plain pytest": [str(PYTHON), "-m", "pytest", EXERCISE],
    }
    for command in commands.values():
        seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    ours, plain = (median(values) for values in times.values())
    for name, values in times.items():
        print(f"{name:16} median {median(values):.3f} s, worst {max(values):.3f} s")
    print(f"ratio            {ours / plain:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
