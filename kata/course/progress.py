"""What is solved, and what the previous focused run saw: ``.kata/progress.json``.

The file is replaced as a whole, so an interrupted write leaves the old one; a file that cannot be
read is put aside.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kata.course import replacing
from kata.course.exercise import Exercise


@dataclass
class Progress:
    """What is known of the learner's way.

    ``solved`` and ``mastered`` have ids of exercises (one without further steps is mastered as soon as it
    is solved, and need not be in the second), ``seen`` the state of each exercise's files when last looked at,
    ``failing`` the step of each exercise that failed last, and ``hints`` how many hints were shown
    for a step, by ``id/step``. ``current`` is the exercise of the last focused run.
    """

    solved: set[str] = field(default_factory=set)
    mastered: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    current: str | None = None
    message: str | None = None

    def stars(self, exercises: Iterable[Exercise]) -> set[str]:
        """Return the ids of the exercises that are mastered."""
        return {
            exercise.id
            for exercise in exercises
            if exercise.id in (self.mastered if exercise.further else self.solved)
        }


def file_in(root: Path) -> Path:
    return root / ".kata" / "progress.json"


def load(root: Path) -> Progress:
    """Read the progress; a broken file is moved to ``progress.broken.json`` and said in ``message``."""
    file = file_in(root)
    try:
        return _from(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Progress()
    except OSError as error:
        return Progress(
            message=f"{file} cannot be read ({error.strerror}): progress starts from zero."
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        aside = file.with_name("progress.broken.json")
        file.replace(aside)
        return Progress(
            message=f"{file.relative_to(root)} was damaged and is now {aside.name}: progress starts from zero. "
            "`pytest exercises` counts again what is solved."
        )


def save(root: Path, progress: Progress) -> str | None:
    """Replace the file; return a sentence if that could not be done."""
    file = file_in(root)
    data = {
        "solved": sorted(progress.solved),
        "mastered": sorted(progress.mastered),
        "current": progress.current,
        "failing": progress.failing,
        "hints": progress.hints,
        "seen": progress.seen,
    }
    try:
        replacing.replace(file, (json.dumps(data, indent=1) + "\n").encode())
    except OSError as error:
        return f"Progress could not be saved in {file}: {error.strerror}."
    return None


def _from(data: dict[str, Any]) -> Progress:
    """Check the types of what was read, so that no reader has to."""
    current = data.get("current")
    return Progress(
        solved={str(name) for name in data["solved"]},
        mastered={str(name) for name in data.get("mastered", [])},
        seen={str(name): str(state) for name, state in data["seen"].items()},
        failing={str(name): int(step) for name, step in data.get("failing", {}).items()},
        hints={str(name): int(count) for name, count in data.get("hints", {}).items()},
        current=str(current) if current else None,
    )
