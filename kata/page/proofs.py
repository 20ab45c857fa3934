"""The proof of a bug hunt, made in a process without threads: this one has many, and must not be forked."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from kata.practice.hunts import proof
from kata.practice.hunts.proof import Proof
from kata.practice.hunts.requests import Case


class Proofs:
    """A process that judges pull requests one by one; it starts with the first."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def prove(self, case: Case, root: Path) -> Proof:
        """Run the tests that catch a case, or all of them on one that is right."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context)
        try:
            return self._pool.submit(proof.prove, case, root).result()
        except BrokenProcessPool:
            self.stop()
            return Proof(None, 0, "The process that runs the tests has ended. Try again.")

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
