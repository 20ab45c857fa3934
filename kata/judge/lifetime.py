"""A process that ends with its purpose, and with it everything that it has started.

Where processes can be forked, a keeper stands between this process and the forked one. The keeper runs
nothing of the learner's. It notices when this process is gone, however that happened, and on Linux it
inherits what the forked process leaves behind: so it can end all of it. Elsewhere, what was started is
looked up when the process ends.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import NoReturn, Protocol

# How long, in seconds, to wait for processes that have been told to end.
_PATIENCE = 5.0

# From linux/prctl.h.
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36

_LAST_DESCRIPTOR = 1 << 20


class Life(Protocol):
    """A process that is kept."""

    def status(self, seconds: float) -> int | None:
        """Return the exit code of the process, negative for a signal; None if it has none by then."""

    def end(self) -> None:
        """End the process and all that it started, and wait for that."""


@dataclass
class Forked:
    """A forked process behind a keeper; ``others`` are this process's children besides."""

    keeper: int
    line: socket.socket
    others: set[int]
    _status: int | None = None

    def status(self, seconds: float | None) -> int | None:
        if self._status is None and select.select([self.line], [], [], seconds)[0]:
            with contextlib.suppress(OSError):
                self._status = int(self.line.recv(16) or 1)
        return self._status

    def end(self) -> None:
        self.line.close()  # For the keeper, that is the word to end everything.
        status = _awaited(self.keeper, _PATIENCE)
        if status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.keeper, signal.SIGKILL)
            _, status = os.waitpid(self.keeper, 0)
        if os.WIFSIGNALED(status):  # It was killed: what it kept has come here.
            while orphans := _children() - self.others:  # One that ends may leave others.
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)
                    if _awaited(pid, _PATIENCE) is None:
                        return


@dataclass
class Started:
    """A process that was started as a program of its own."""

    process: "Popen[bytes]"

    def status(self, seconds: float) -> int | None:
        with contextlib.suppress(TimeoutExpired):
            return self.process.wait(seconds)
        return None

    def end(self) -> None:
        import psutil  # It takes a while to import, and is needed here only.

        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            if hasattr(os, "fork"):  # Its keeper ends them.
                _, family = psutil.wait_procs(family, _PATIENCE)
            for relative in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    relative.kill()
            psutil.wait_procs(family, _PATIENCE)
        if hasattr(os, "killpg"):  # It leads a group, in which those stay whose parent has ended.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def fork() -> int:
    """Fork, and return 0 in the child and its process id in the parent.

    Python 3.12 warns when there are threads. In a worker of pytest-xdist there is one that waits for
    the controller; the child needs neither it nor any lock that it could hold.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def fork_kept(run: Callable[[], None]) -> Forked:
    """Fork a process that calls ``run``, behind a keeper."""
    ours, theirs = socket.socketpair()
    _prctl(_SET_CHILD_SUBREAPER, 1)
    others = _children()
    sys.stdout.flush()
    sys.stderr.flush()
    keeper = fork()
    if keeper == 0:
        ours.close()
        _keep(theirs, run)
    theirs.close()
    return Forked(keeper, ours, others)


def end_as(code: int) -> NoReturn:
    """End this process with an exit code, or by the signal that a negative one stands for."""
    if code < 0:
        with contextlib.suppress(OSError, ValueError):  # SIGKILL cannot be set, and need not be.
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def end_with_parent() -> None:
    """Have the system end this process when its parent is gone, where the system does that."""
    if sys.platform == "linux":
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)


def _keep(line: socket.socket, run: Callable[[], None]) -> NoReturn:
    """Fork the process, tell its exit code through ``line``, and end all when ``line`` closes."""
    leave = os._exit
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _prctl(_SET_CHILD_SUBREAPER, 1)
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        keeper = os.getpid()
        child = fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.close(woken)
            os.close(wake)
            line.close()
            end_with_parent()
            if os.getppid() == keeper:
                os.setsid()
                run()
            leave(0)
        # Nothing else may keep a connection open that the process has closed.
        needed = sorted({line.fileno(), woken, wake})
        for low, high in pairwise([2, *needed, _LAST_DESCRIPTOR]):
            os.closerange(low + 1, high)
        code = None
        while code is None:
            ready, _, _ = select.select([line.fileno(), woken], [], [])
            if line.fileno() in ready:
                break
            os.read(woken, 4096)
            code = _reaped(child)
        _end_all(child)
        if code is not None:
            line.send(str(code).encode())
    finally:
        leave(0)


def _reaped(child: int) -> int | None:
    """Take the exit codes of ended children, and return that of ``child`` if it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while (pair := os.waitpid(-1, os.WNOHANG))[0]:
            if pair[0] == child:
                found = os.waitstatus_to_exitcode(pair[1])
    return found


def _end_all(child: int) -> None:
    """End all children of this process; what they leave behind comes here, and ends as well."""
    deadline = time.monotonic() + _PATIENCE
    ending = {child}
    while time.monotonic() < deadline:
        for pid in _children() | ending:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        ending = set()
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:  # There are no more.
            return
        time.sleep(0.001)


def _children() -> set[int]:
    """Return the process ids of all children, and of theirs where they cannot come to this process."""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
        return {int(pid) for pid in text.split()}
    import psutil

    return {process.pid for process in psutil.Process().children(recursive=True)}


def _awaited(pid: int, seconds: float) -> int | None:
    """Return the status of a child that ends within so many seconds; None if it does not."""
    deadline = time.monotonic() + seconds
    pause = 0.0005
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return status
        time.sleep(pause)
        pause = min(pause * 2, 0.02)
    return None


def _prctl(option: int, value: int) -> None:
    """Set an attribute of this process on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
