"""Judge many versions of many exercises, several at once.

Much of the time of a test is waiting, so more processes than processors pay.
"""

import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType

from kata.course.exercise import Exercise
from kata.judge import batch, warming
from kata.judge.batch import Batch, Candidate
from kata.judge.verdict import Verdict
from kata.judge.written import Written

# How many candidates are worth one start of pytest, where there are so many.
_BATCH = 24

MOST = 2 * (os.cpu_count() or 1)
"""How many processes judge at a time, where nothing else is to be done."""

# How long, in seconds, interrupted batches may take to end what they started.
_GRACE = 3.0


def judge(
    work: Mapping[Exercise, Sequence[Candidate]],
    after_each: Callable[[], object] = lambda: None,
    processes: int = MOST,
) -> dict[Exercise, list[Verdict]]:
    """Return the verdicts on the candidates of each exercise, in their order; call ``after_each`` one.

    They run on the embedded services, whatever the environment names: so the verdicts are the same
    everywhere. Nothing that this started is alive after it, however it ends.
    """
    with Judges(processes=processes) as judges:
        return judges.judge(work, after_each)


@dataclass
class _Work:
    """What is to be judged of an exercise, and what is known of it."""

    waiting: deque[int]
    candidates: Sequence[Candidate]
    verdicts: dict[int, Verdict] = field(default_factory=dict)


class Judges:
    """Processes that judge candidates, each taking the next one when it is done with one.

    Those of an exercise stay when its candidates are judged, and begin at once with others that come later.
    With ``tests``, these judge in place of the shipped ones.
    """

    def __init__(self, tests: Written | None = None, processes: int = MOST) -> None:
        self._tests = tests
        self._most = processes
        self._busy: dict[Connection, tuple[Exercise, int, Batch]] = {}
        self._idle: list[tuple[Exercise, Batch]] = []

    def __enter__(self) -> "Judges":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every process, and all that it started."""
        try:
            _end([started for _, _, started in self._busy.values()])
        finally:
            for _, started in self._idle:
                started.close()

    def prepare(self, exercise: Exercise, candidates: int) -> None:
        """Start processes for so many candidates of an exercise that are to come."""
        while len(self._idle) < min(self._most, candidates):
            self._idle.append((exercise, self._started(exercise)))

    def judge(
        self,
        work: Mapping[Exercise, Sequence[Candidate]],
        after_each: Callable[[], object] = lambda: None,
    ) -> dict[Exercise, list[Verdict]]:
        """Return the verdicts on the candidates of each exercise, in their order; call ``after_each`` one."""
        known = {each: _Work(deque(range(len(own))), own) for each, own in work.items()}
        # Where there is little to do, every process gets some of it.
        size = min(_BATCH, -(-sum(map(len, work.values())) // self._most) or 1)
        # The last exercises are the hardest and take longest: what is short fills the gaps in the end.
        starts = [each for each, own in work.items() for _ in range(0, len(own), size)]
        while True:
            while starts and len(self._busy) < self._most:
                exercise = starts.pop()
                if known[exercise].waiting:
                    self._give(exercise, self._free(exercise), known[exercise])
            if not self._busy:
                break
            for connection in wait(list(self._busy)):
                assert isinstance(connection, Connection)
                if self._taken(connection, known):
                    after_each()
        return {
            each: [own.verdicts[number] for number in range(len(own.candidates))]
            for each, own in known.items()
        }

    def _taken(self, connection: Connection, known: Mapping[Exercise, _Work]) -> bool:
        """Take a verdict, and give the process the next candidate; say whether there was a verdict."""
        exercise, number, started = self._busy.pop(connection)
        own = known[exercise]
        try:
            own.verdicts[number] = connection.recv()
        except (EOFError, OSError):  # It would be the same with the others.
            for lost in (number, *own.waiting):
                own.verdicts[lost] = Verdict(output=started.output)
            own.waiting.clear()
            started.close()
            return False
        if own.waiting:
            self._give(exercise, started, own)
        else:
            self._idle.append((exercise, started))
        return True

    def _give(self, exercise: Exercise, started: Batch, own: _Work) -> None:
        number = own.waiting.popleft()
        self._busy[started.connection] = exercise, number, started
        # It may have ended: that is noticed where its verdict is taken.
        with contextlib.suppress(OSError):
            started.connection.send(own.candidates[number])

    def _free(self, exercise: Exercise) -> Batch:
        """Return a process that waits for a candidate of an exercise, or start one."""
        for number, (owner, started) in enumerate(self._idle):
            if owner == exercise:
                del self._idle[number]
                return started
        if self._idle and len(self._busy) + len(self._idle) >= self._most:
            self._idle.pop(0)[1].close()
        return self._started(exercise)

    def _started(self, exercise: Exercise) -> Batch:
        warming.import_for([exercise], exercise.folder.parents[2])
        return batch.start(exercise, self._tests)


def _end(batches: Collection[Batch]) -> None:
    """Interrupt batches, and end for good what is left of them after a while."""
    try:
        for each in batches:
            each.interrupt()
        deadline = time.monotonic() + _GRACE
        open_ = [each.connection for each in batches]
        while open_ and (ready := wait(open_, max(0.0, deadline - time.monotonic()))):
            for connection in ready:
                assert isinstance(connection, Connection)
                try:
                    connection.recv()
                except (EOFError, OSError):
                    open_.remove(connection)
    finally:
        for each in batches:
            each.close()
