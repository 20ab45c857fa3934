"""Start the ``kata`` command; on a fresh machine, make ``.venv`` from the lock first.

An update that was interrupted is completed before that: the engine may be half of each version.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  Older ones parse this file, and deserve a sentence.
    sys.stderr.write(
        "Flask Katas needs Python 3.11 or newer, and this is Python %d.%d (%s).\n"  # noqa: UP031
        "Install a newer one, for example from python.org, or name one that you have: "
        "python3.12 -m kata\n" % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(2)

import errno
import os
from pathlib import Path

from kata import bootstrap
from kata.course import carrying

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    _open_what_is_closed()
    try:
        _main()
    except OSError as error:
        try:
            sys.stdout.flush()
        except OSError:  # Python writes what is left at the end, and would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        bootstrap.stop(_refused(error), code=1)


def _refused(error: OSError) -> str:
    """Say what the system has refused; only a write to a stream that is open has no name."""
    why = error.strerror or error
    if error.filename is not None:
        return f"That could not be done ({why}: {error.filename}). To see what is wrong: python3 -m kata doctor"
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EIO):
        return f"The output could not be written: {why}."
    return f"The system refused what was needed: {why}."


def _open_what_is_closed() -> None:
    """Lead each standard stream that is closed nowhere: Python has none in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115


def _main() -> None:
    carrying.complete(ROOT)  # The lock may be among what is missing.
    if not bootstrap.is_ready(ROOT):
        try:
            python = bootstrap.environment(ROOT)
        except KeyboardInterrupt:
            bootstrap.stop("\nSet-up interrupted. Run python3 -m kata again: it starts over.")
        bootstrap.become(python, ["-m", "kata", *sys.argv[1:]])
    from kata.cli import main as kata  # It needs the packages, and the whole engine.

    kata()


if __name__ == "__main__":
    main()
