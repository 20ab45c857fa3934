"""When to run again after a change: at once, after the verdict under way, after a pause, or not at all.

A change while a run is under way is the learner's save, or a source that the run writes itself. The two
look alike, so the first is taken for a save. After that the run is left to reach its verdict, and then
repeated after pauses: where a source changes during each of these runs and in none of the pauses, the
runs change it, and the watcher comes to rest. A change in a pause is a save.
"""

import time
from collections.abc import Callable

# The pauses, in seconds, before a run that changed a source is repeated, and how often it is.
PAUSES = (0.3, 1.0, 4.0, 16.0)

# How long, in seconds, a run goes on after a change that is not the first: it may hang, and the learner
# may have mended it. Twice as long each time that no verdict came.
GRACE = 2.0


class Reruns:
    """The memory of changes during runs; ``due`` is when the next run is to begin by itself, if ever."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running = False
        self._changed = False  # During the present run.
        self._row = (
            0  # How many runs had a change, with no run and no pause between them that had not.
        )
        self.due: float | None = None

    def begin(self) -> None:
        """Note that a run begins, in place of the one under way if there is one."""
        self._running, self._changed, self.due = True, False, None

    def forget(self) -> None:
        """Take the next change for the first one: the learner has asked for a run."""
        self._row = 0

    def changed(self) -> bool:
        """Note that a source has changed; say whether to run again at once."""
        if not self._running:
            self._row = 0
            return True
        self._count()
        if self._row == 1:
            return True
        if self.due is None:
            self.due = self._clock() + GRACE * 2 ** (self._row - 2)
        return False

    def end(self, *, changed: bool) -> bool:
        """Note a verdict, and whether it is on sources that have changed; say whether to show it."""
        if changed:
            self._count()
        self._running, self.due = False, None
        if not self._changed:
            self._row = 0
        elif self._row - 2 in range(len(PAUSES)):
            self.due = self._clock() + PAUSES[self._row - 2]
        return self._row != 1

    def _count(self) -> None:
        if not self._changed:
            self._changed = True
            self._row += 1
