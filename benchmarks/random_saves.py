"""Save at random moments under ``kata watch`` and check that the last content is always judged.

Some saves come in bursts, some by renaming, some while a run is under way, and some make the run hang
until the next save. After each the terminal has to show the verdict on exactly that content:

    .venv/bin/python benchmarks/random_saves.py [SAVES] [SEED]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from save_to_verdict import Watcher, copy_tree

from kata.course import catalog

HANG = "while True: ...\n"


def main(saves: int, seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        copy_tree(root)
        exercise = catalog.find("e02", catalog.find_all(root / "exercises"))
        stub = exercise.stub.read_text()
        watcher = Watcher(root, [sys.executable, "-m", "kata", "watch"])
        kinds = {"burst": 0, "rename": 0, "after a hang": 0, "at random": 0}
        try:
            watcher.wait_for("NotImplementedError")
            for n in range(saves):
                marker = f"save{n:04}"
                content = stub.replace("NotImplementedError(", f"NotImplementedError('{marker}' ")
                kind = chance.choice(list(kinds))
                kinds[kind] += 1
                if kind == "burst":
                    for part in range(chance.randint(2, 5)):
                        exercise.stub.write_text(f"{stub}\n# {part}\n")
                elif kind == "after a hang":
                    exercise.stub.write_text(HANG)
                time.sleep(chance.random() * 0.4)  # The moment is what is random here.
                if kind == "rename":
                    written = root / "written"
                    written.write_text(content)
                    written.replace(exercise.stub)
                else:
                    exercise.stub.write_text(content)
                watcher.wait_for(marker)
        finally:
            watcher.stop()
    print(f"{saves} saves, {saves} verdicts on the last content: {kinds}")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["200", "1"][len(sys.argv) - 1 :])))
