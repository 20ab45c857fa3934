"""Stop a task at each of its file operations: by the death of its process, or by an error of the disk."""

import itertools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Container, Iterator

import pytest

from kata.judge.lifetime import fork

# What changes a folder, or has another program do that, as Python tells an audit hook of it before it is done:
# between two of these nothing does but a write to a file that is open, and so has no name yet that anybody
# looks for.
CHANGES = {
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.symlink", "os.link", "os.truncate",
    "subprocess.Popen",
}  # fmt: skip
MAKING = {"os.mkdir", "os.rename", "os.symlink", "os.link"}


def _run(task: Callable[[], int], hook: Callable[[str, tuple], None]) -> int:
    """Run the task in a process of its own; return its exit code, or the negative signal."""
    pid = fork()
    if pid == 0:
        status = 99
        try:
            sys.addaudithook(hook)
            status = task()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _writes(event: str, arguments: tuple) -> bool:
    return event == "open" and bool((arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


@pytest.fixture
def kills() -> Callable[..., Iterator[int]]:
    """Return a function that runs a task again and again, and kills it at its first, second, third … operation.

    It yields after each death, and ends when the task does. ``at`` names the operations; without it, all are
    meant that change a folder or write a file.
    """

    def run(task: Callable[[], object], at: Container[str] = ()) -> Iterator[int]:
        def to_the_end() -> int:
            task()
            return 0

        for point in itertools.count(1):
            seen = itertools.count(1)

            def kill(event: str, arguments: tuple, point=point, seen=seen) -> None:
                counts = event in at if at else event in CHANGES or _writes(event, arguments)
                if counts and next(seen) == point:
                    os.kill(os.getpid(), signal.SIGKILL)

            status = _run(to_the_end, kill)
            if status != -signal.SIGKILL:
                assert status == 0
                return
            yield point

    return run


@pytest.fixture
def failures() -> Callable[[Callable[[], object], int], Iterator[bool]]:
    """Return a function that runs a task again and again, with a disk that is full from the n-th operation on.

    It yields what the task returned, as truth, and ends when the disk sufficed.
    """

    def run(task: Callable[[], object], error: int) -> Iterator[bool]:
        for point in itertools.count(1):
            seen = itertools.count(1)
            read_end, write_end = os.pipe()

            def fail(event: str, arguments: tuple, point=point, seen=seen, tell=write_end) -> None:
                if (event in MAKING or _writes(event, arguments)) and next(seen) >= point:
                    os.write(tell, b"!")
                    raise OSError(error, os.strerror(error), str(arguments[0]))

            status = _run(lambda: 1 if task() else 0, fail)
            os.close(write_end)
            failed = os.read(read_end, 1)
            os.close(read_end)
            assert status in (0, 1)
            if not failed:
                return
            yield bool(status)

    return run
