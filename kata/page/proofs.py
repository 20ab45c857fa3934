"""Runs of tests for hunts and interviews, in a process without threads: this one has many, and must not be forked."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from pathlib import Path

from kata.course.exercise import Exercise
from kata.judge import examining
from kata.judge.examining import Examined
from kata.practice.hunts import proof
from kata.practice.hunts.proof import Proof
from kata.practice.hunts.requests import Case

_ENDED = "The process that runs the tests has ended. Try again."


def _end_with_parent() -> None:
    """End this process when the page's own is gone, however that happened; its runs end with it.

    A worker has both ends of the queue that it reads, so it would wait forever.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class Proofs:
    """A process that runs the tests of one thing after the other; it starts with the first."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._starting = threading.Lock()

    def prove(self, case: Case, root: Path) -> Proof:
        """Run the tests that catch a pull request, or all of them on one that is right."""
        try:
            return self._process().submit(proof.prove, case, root).result()
        except BrokenProcessPool:
            self.stop()
            return Proof(None, 0, _ENDED)

    def examine(self, exercise: Exercise, folder: Path) -> Examined:
        """Run the core's tests of an exercise on its files in ``folder``."""
        try:
            return self._process().submit(examining.examine, exercise, folder).result()
        except BrokenProcessPool:
            self.stop()
            return Examined({}, {}, output=_ENDED)

    def _process(self) -> ProcessPoolExecutor:
        with self._starting:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(
                    max_workers=1, mp_context=context, initializer=_end_with_parent
                )
            return self._pool

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
