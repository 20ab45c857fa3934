"""Judge many versions of many exercises, several at once.

Much of the time of a test is waiting, so more processes than processors pay.
"""

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from multiprocessing.connection import Connection, wait

from kata.course.exercise import Exercise
from kata.judge import batch, warming
from kata.judge.batch import Batch, Candidate
from kata.judge.verdict import Verdict

# How many candidates share one start of pytest, at least where there are so many; and into how many batches
# for each process much work is divided: so many that the last one is not long alone.
_BATCH, _BATCHES = 24, 8

# How long, in seconds, interrupted batches may take to end what they started.
_GRACE = 3.0


def judge(
    work: Mapping[Exercise, Sequence[Candidate]],
    after_each: Callable[[], object] = lambda: None,
    processes: int = 2 * (os.cpu_count() or 1),
) -> dict[Exercise, list[Verdict]]:
    """Return the verdicts on the candidates of each exercise, in their order; call ``after_each`` one.

    They run on the embedded services, whatever the environment names: so the verdicts are the same
    everywhere. Nothing that this started is alive after it, however it ends.
    """
    size = max(_BATCH, sum(map(len, work.values())) // (_BATCHES * processes))
    parts = [
        (exercise, candidates[first : first + size])
        for exercise, candidates in work.items()
        for first in range(0, len(candidates), size)
    ]
    verdicts: list[list[Verdict]] = [[] for _ in parts]
    # The last exercises are the hardest and take longest: what is short fills the gaps in the end.
    waiting = list(range(len(parts)))
    running: dict[Connection, tuple[int, Batch]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                number = waiting.pop()
                exercise, _ = parts[number]
                warming.import_for([exercise], exercise.folder.parents[2])
                started = batch.start(*parts[number])
                running[started.connection] = number, started
            for connection in wait(list(running)):
                assert isinstance(connection, Connection)
                number, started = running[connection]
                try:
                    verdicts[number].append(connection.recv())
                except EOFError:
                    del running[connection]
                    missing = len(parts[number][1]) - len(verdicts[number])
                    verdicts[number] += [Verdict(output=started.output)] * missing
                    started.close()
                else:
                    after_each()
    finally:
        _end([started for _, started in running.values()])
    return {
        exercise: [
            verdict
            for (owner, _), found in zip(parts, verdicts, strict=True)
            if owner == exercise
            for verdict in found
        ]
        for exercise in work
    }


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
                except EOFError:
                    open_.remove(connection)
    finally:
        for each in batches:
            each.close()
