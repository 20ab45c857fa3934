"""Check what a learner's trouble usually comes from; each finding says what to do."""

import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import Requirement

from kata.bootstrap import activation
from kata.course import catalog, progress, workspace

_PINNED = re.compile(r"^([\w.-]+==[^\s\\]+(?: ; [^\\\n]+)?)", re.MULTILINE)
# As many bytes as progress takes at most.
_TRIAL = 16_384
_PORTS = {"KATA_REDIS_URL": 6379, "KATA_AMQP_URL": 5672, "KATA_KAFKA_SERVERS": 9092}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: whether it is fine, and a sentence that says what is, or what to do."""

    fine: bool
    sentence: str


def examine(root: Path) -> list[Finding]:
    """Check the set-up of the project in ``root``."""
    return [
        *_interpreter(root),
        *_packages(root),
        *_watcher(),
        *_services(),
        *_progress(root),
        *_tests(root),
    ]


def _interpreter(root: Path) -> Iterator[Finding]:
    found = f"Python {sys.version_info.major}.{sys.version_info.minor} ({sys.executable})"
    if sys.version_info < (3, 11):  # noqa: UP036  Whoever runs the check may have forced it.
        yield Finding(False, f"{found}: install Python 3.11 or newer.")
    else:
        yield Finding(True, f"{found}.")
    if sys.prefix == sys.base_prefix:
        yield Finding(
            False, f"No virtual environment is active: {activation()}, or python3 -m kata."
        )
    elif (own := root / ".venv").is_dir() and Path(sys.prefix).resolve() != own.resolve():
        yield Finding(True, f"The environment is {sys.prefix}, and not .venv of this folder.")


def _packages(root: Path) -> Iterator[Finding]:
    """Compare the lock with what is installed."""
    different = []
    try:
        lock = (root / "requirements.lock").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield Finding(
            False, "requirements.lock cannot be read. To restore it: git restore requirements.lock"
        )
        return
    for line in _PINNED.findall(lock):
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            installed = "not installed"
        if not requirement.specifier.contains(
            installed if installed[0].isdigit() else "0", prereleases=True
        ):
            different.append(
                f"{requirement.name} is {installed}, the lock has {requirement.specifier}"
            )
    if different:
        shown = "; ".join(different[:3]) + (
            f"; and {len(different) - 3} more" if len(different) > 3 else ""
        )
        yield Finding(False, f"{shown}. To install the lock: pip install -r requirements.lock")
    else:
        yield Finding(True, "Every package is the one of requirements.lock.")


def _watcher() -> Iterator[Finding]:
    try:
        distribution("pytest-watcher")
    except PackageNotFoundError:
        yield Finding(True, "ptw is that of pytest-watch.")
    else:
        yield Finding(
            False, "pytest-watcher has put its own ptw in the way: pip uninstall pytest-watcher"
        )


def _services() -> Iterator[Finding]:
    for name, port in _PORTS.items():
        address = os.environ.get(name)
        if address is None:
            yield Finding(True, f"{name} is not set: the embedded service is used.")
            continue
        parts = urlsplit(address if "//" in address else f"//{address.partition(',')[0]}")
        try:
            with socket.create_connection(
                (parts.hostname or "localhost", parts.port or port), timeout=2
            ):
                yield Finding(
                    True, f"{name}: something listens at {parts.hostname}:{parts.port or port}."
                )
        except (OSError, ValueError) as error:
            yield Finding(
                False,
                f"{name} is set, and nothing answers there ({error}): start it, or unset {name}",
            )


def _progress(root: Path) -> Iterator[Finding]:
    """Read the progress, and try whether it could be saved: rights, a full disk and others say no."""
    state = progress.recover(root)
    if state.message:
        yield Finding(False, state.message)
    folder = progress.file_in(root).parent
    if not os.path.lexists(folder):
        folder = root
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"." * _TRIAL)
            trial.flush()
    except OSError as error:
        yield Finding(
            False,
            f"Nothing can be written in {folder} ({error.strerror}), so progress is not saved. "
            "Make room on the disk, or change the owner: ls -ld .kata",
        )


def _tests(root: Path) -> Iterator[Finding]:
    """Compare tests and texts with the shipped ones: a verdict of an edited test means little."""
    try:
        changed = [
            exercise.folder.relative_to(root) / name
            for exercise in catalog.find_all(root / "exercises")
            for name in workspace.changed_tests(exercise)
        ]
    except OSError as error:
        yield Finding(False, f"{error.filename} cannot be read ({error.strerror}).")
        return
    for file in changed:
        yield Finding(False, f"{file} is not as it was shipped. To restore it: git restore {file}")
    if not changed:
        yield Finding(True, "The tests and the texts are as they were shipped.")
