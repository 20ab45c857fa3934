"""A mock interview as it goes on: what was laid out, what was reached, and how long that took.

It is kept in ``.kata/interviews/<id>/state.json``, which is replaced as a whole at each step: so one can
stop at any moment, and go on. Time passes only while somebody sits in it.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kata.course import locking, reading, replacing
from kata.practice.interviews.rounds import KINDS, Round

UNDER_WAY, LEFT, FINISHED = "under way", "left", "finished"

# A larger file is no state of an interview.
_LIMIT = 16_000_000

_VERSION = 1


@dataclass(frozen=True)
class Result:
    """What was reached in a round: points, and the seconds it took; ``data`` has what the kind tells."""

    points: float
    of: int
    seconds: int
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """All that is kept: the results are those of the first rounds; ``seconds`` and ``reached`` of the next."""

    seed: int
    level: str
    minutes: int
    began: str
    rounds: tuple[Round, ...]
    results: tuple[Result, ...] = ()
    seconds: int = 0
    reached: Mapping[str, Any] = field(default_factory=dict)
    status: str = UNDER_WAY


class Interview:
    """An interview in its folder. What changes it is on the disk when it returns, or raises OSError."""

    def __init__(self, folder: Path, state: State) -> None:
        self.folder = folder
        self.state = state

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def round(self) -> Round | None:
        """Return the round at hand; None after the last."""
        done, rounds = len(self.state.results), self.state.rounds
        return rounds[done] if done < len(rounds) else None

    @property
    def minutes(self) -> int:
        """Return the minutes that all rounds may take together."""
        return sum(each.minutes for each in self.state.rounds)

    def spend(self, seconds: float, reached: Mapping[str, Any] | None = None) -> None:
        """Note how long the round at hand has taken so far, and what was reached in it."""
        kept = self.state.reached if reached is None else reached
        self._keep(replace(self.state, seconds=int(seconds), reached=kept))

    def end_round(self, result: Result) -> None:
        """Note the result of the round at hand, and go on to the next."""
        results = (*self.state.results, result)
        self._keep(replace(self.state, results=results, seconds=0, reached={}))

    def close(self, status: str) -> None:
        """Note that the interview is over: finished, or left for another."""
        self._keep(replace(self.state, status=status))

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the interview, which one process at a time may go on with.

        Raises:
            TimeoutError: another one does.
        """
        with locking.held(self.folder / "lock", 0):
            yield

    def _keep(self, state: State) -> None:
        data = {"version": _VERSION, **asdict(state)}
        content = json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        file = self.folder / "state.json"
        replacing.clear(file)
        replacing.replace(file, content)
        self.state = state


def folder_of_all(root: Path) -> Path:
    return root / ".kata" / "interviews"


def begin(root: Path, *, seed: int, level: str, minutes: int, rounds: Sequence[Round]) -> Interview:
    """Begin an interview in a new folder.

    Raises:
        OSError: it cannot be made.
    """
    now = datetime.now().astimezone()
    name = f"{now:%Y-%m-%d_%H-%M-%S}_{seed}"
    folder, number = folder_of_all(root) / name, 1
    folder.parent.mkdir(parents=True, exist_ok=True)
    while os.path.lexists(folder):
        number += 1
        folder = folder.with_name(f"{name}-{number}")
    state = State(seed, level, minutes, now.isoformat(timespec="seconds"), tuple(rounds))
    made = Interview(folder, state)
    made._keep(state)
    return made


def find_all(root: Path) -> list[Interview]:
    """Return the interviews that are kept, in order; what cannot be read as one is left out."""
    try:
        folders = sorted(folder_of_all(root).iterdir())
    except OSError:
        return []
    return [found for folder in folders if (found := _read(folder)) is not None]


def find_unfinished(root: Path) -> Interview | None:
    """Return the latest interview that is under way."""
    unfinished = [each for each in find_all(root) if each.state.status == UNDER_WAY]
    return unfinished[-1] if unfinished else None


def find_same(root: Path, *, seed: int, level: str, minutes: int) -> Interview | None:
    """Return the latest interview that was laid out for the same seed, level and minutes."""
    wanted = (seed, level, minutes)
    same = [
        each
        for each in find_all(root)
        if (each.state.seed, each.state.level, each.state.minutes) == wanted
    ]
    return same[-1] if same else None


def _read(folder: Path) -> Interview | None:
    try:
        data = json.loads(reading.content(folder / "state.json", _LIMIT))
        if data.pop("version") != _VERSION:
            return None
        data["rounds"] = tuple(Round(**each) for each in data["rounds"])
        data["results"] = tuple(Result(**each) for each in data["results"])
        datetime.fromisoformat(data["began"])
        state = State(**data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Interview(folder, state) if _is_sound(state) else None


def _is_sound(state: State) -> bool:
    """Say whether what was read is of the types that an interview relies on."""
    numbers = [state.seed, state.minutes, state.seconds]
    numbers += [each.minutes for each in state.rounds] + [each.of for each in state.results]
    return (
        all(isinstance(number, int) for number in numbers)
        and all(each.kind in KINDS for each in state.rounds)
        and all(isinstance(each.points, int | float) for each in state.results)
        and isinstance(state.reached, Mapping)
        and bool(state.rounds)
        and len(state.results) <= len(state.rounds)
    )
