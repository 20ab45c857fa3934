"""A thread that looks for saves: often at the exercise at hand, once a second at the rest.

It believes nothing but the content of the files. Notifications of the file system only make it look
sooner: they may come late, for nothing, or not at all, as on network drives, in some containers and
where there are no more of them to be had.
"""

import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import watchfiles

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.course.sources import Look

# How long, in seconds, until the next look at the exercise at hand, and at all.
_AT_HAND, _ALL = 0.1, 1.0

# How much longer than a look at all takes the pause after it is, at least: some drives are slow.
_SPARING = 20

# Editors write in steps: the time in seconds in which nothing more may change, and how often it is waited.
_STEP, _STEPS = 0.005, 10

# The same for notifications, in milliseconds.
_NOTICE = 4


class Saves:
    """The exercises whose sources have changed, and a pipe that tells of them.

    Tests and texts count here, too: an author writes them while watching.
    """

    def __init__(self, root: Path) -> None:
        self._tree = root / "exercises"
        self._looks: dict[Exercise, Look] = {}
        self._seen: dict[str, dict[str, str]] = {}
        self._looking = threading.Lock()  # Around the two above.
        self._changed: set[str] = set()
        self._noticed: set[str] = set()
        self._at_hand: set[str] = set()
        self._telling = threading.Lock()  # Around these three.
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, daemon=True)
        self.pipe, self._tell = socket.socketpair()  # Windows waits for sockets only.

    def start(self) -> None:
        """Take what there is for seen, and tell of changes from now on."""
        exercises = catalog.find_all(self._tree)
        self._look(exercises)
        folders = [folder for look in self._looks.values() for folder in look.folders()]
        self._thread.start()
        threading.Thread(target=self._be_notified, args=[folders], daemon=True).start()

    def stop(self) -> None:
        self._ended.set()
        self._wake.set()
        self._thread.join()
        self.pipe.close()
        self._tell.close()

    def attend(self, ids: Iterable[str]) -> None:
        """Look at these exercises, by id, more often than at the rest from now on."""
        with self._telling:
            self._at_hand = set(ids)

    def take(self) -> set[str]:
        """Return the ids of the exercises whose sources have changed since the last call."""
        with self._telling:
            self.pipe.recv(1024)
            changed, self._changed = self._changed, set()
        return changed

    def has_changed(self, exercise: Exercise, since: str) -> bool:
        """Look at an exercise now; say whether its sources are other than in the state ``since``.

        What has changed in it by now is not told of any more.
        """
        changed = bool(self._look([exercise]))
        with self._looking:
            digests = self._seen.get(exercise.id, {})
        return changed or exercise.state(digests) != since

    def _keep_looking(self) -> None:
        exercises: list[Exercise] = []
        at_all = 0.0
        while not self._ended.is_set():
            with self._telling:
                wanted = self._noticed | self._at_hand
                self._noticed = set()
            begun = time.monotonic()
            if begun >= at_all:
                exercises = catalog.find_all(self._tree)
                changed = self._look(exercises) | self._forget_all_but(exercises)
                now = time.monotonic()
                at_all = max(begun + _ALL, now + _SPARING * (now - begun))
            else:
                changed = self._look([e for e in exercises if e.id in wanted])
            if changed:
                self._wait_for_the_rest([e for e in exercises if e.id in changed])
                with self._telling:
                    self._changed |= changed
                    self._tell.send(b"s")
            self._wake.wait(_AT_HAND)
            self._wake.clear()

    def _look(self, exercises: list[Exercise]) -> set[str]:
        """Return the ids of those exercises that are not as they were seen last."""
        changed = set()
        for exercise in exercises:
            with self._looking:
                look = self._looks.setdefault(exercise, Look(exercise.folder))
                digests = look.digests()
                if self._seen.get(exercise.id) != digests:
                    self._seen[exercise.id] = digests
                    changed.add(exercise.id)
        return changed

    def _forget_all_but(self, exercises: list[Exercise]) -> set[str]:
        with self._looking:
            gone = self._seen.keys() - {exercise.id for exercise in exercises}
            for name in gone:
                del self._seen[name]
            for exercise in self._looks.keys() - set(exercises):
                del self._looks[exercise]
        return gone

    def _wait_for_the_rest(self, changed: list[Exercise]) -> None:
        for _ in range(_STEPS):
            time.sleep(_STEP)
            if not self._look(changed):
                return

    def _be_notified(self, folders: list[str]) -> None:
        """Look sooner at what the file system tells of, as long as it can.

        It is asked for one folder at a time, since it would follow links; and never by polling.
        """
        with suppress(Exception):
            for changes in watchfiles.watch(
                *folders,
                watch_filter=None,
                recursive=False,
                force_polling=False,
                debounce=_NOTICE,
                step=_NOTICE,
                stop_event=self._ended,
            ):
                owners = {catalog.owner(Path(path), self._tree) for _, path in changes}
                with self._telling:
                    self._noticed |= {owner.id for owner in owners if owner is not None}
                self._wake.set()
