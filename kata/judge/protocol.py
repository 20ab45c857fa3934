"""The exchange between pytest and the process of an exercise, which is not trusted.

pytest asks for one test by a number, and takes back the reports of just that test, under that number.
Each message is one JSON value behind its length in four bytes. Whatever else arrives, or does not arrive
in time, is an error: the caller then ends the process.
"""

import socket
import time
from json import JSONDecoder, JSONEncoder
from typing import Any

MESSAGE_LIMIT = 2_000_000
"""The longest message, in bytes."""

_LENGTH = 4
_PHASES = (["setup", "teardown"], ["setup", "call", "teardown"])
_OUTCOMES = ("passed", "failed", "skipped")

# What a learner's module does to the module json does not reach these.
_encode, _decode = JSONEncoder().encode, JSONDecoder().decode


class Closed(Exception):
    """The other side has closed the connection, or its process has ended."""


class Late(Exception):
    """The deadline has passed before the exchange was complete."""


class Breach(Exception):
    """What arrived is not what the protocol has. The message says what it is instead."""


class Channel:
    """One end of the connection."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        end.setblocking(True)

    def fileno(self) -> int:
        return self._end.fileno()

    def close(self) -> None:
        self._end.close()

    def send(self, message: object, deadline: float | None = None) -> None:
        """Send a message whole, by the deadline on `time.monotonic`.

        Raises:
            Closed: the other side is gone.
            Late: the other side did not take it in time.
        """
        content = _encode(message).encode()
        try:
            self._end.settimeout(_left(deadline))
            self._end.sendall(len(content).to_bytes(_LENGTH, "big") + content)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, deadline: float | None = None) -> Any:
        """Receive a message whole, by the deadline on `time.monotonic`.

        Raises:
            Closed: the other side is gone, be it in the middle of a message.
            Late: the message did not arrive in time.
            Breach: it is too long, or no JSON.
        """
        length = int.from_bytes(self._read(_LENGTH, deadline), "big")
        if length > MESSAGE_LIMIT:
            raise Breach("a message that is too long")
        try:
            return _decode(self._read(length, deadline).decode())
        except (ValueError, RecursionError):
            raise Breach("a message that cannot be read") from None

    def _read(self, count: int, deadline: float | None) -> bytes:
        content = bytearray()
        while len(content) < count:
            try:
                self._end.settimeout(_left(deadline))
                piece = self._end.recv(count - len(content))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Closed from None
            if not piece:
                raise Closed
            content += piece
        return bytes(content)


class Questions:
    """pytest's side: it asks for tests, and checks every answer."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._number = 0

    def ask(
        self, test: str, following: str | None, limit: float, grace: float
    ) -> list[dict[str, Any]]:
        """Have a test run, and return its reports, serialized.

        ``following`` is the test that comes next, which says what its fixtures may keep. ``limit`` is
        how many seconds the test may take; asking, running and reading may take ``grace`` more.

        Raises:
            Closed: the process has ended, or is not what it was.
            Late: no answer has come in time.
            Breach: the answer is not the reports of this test.
        """
        self._number += 1
        deadline = time.monotonic() + limit + grace
        question = {"number": self._number, "test": test, "following": following, "limit": limit}
        self._channel.send(question, deadline)
        return _checked(self._channel.receive(deadline), self._number, test)


def answer(number: int, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer to the question of this number."""
    return {"number": number, "reports": reports}


def fits(message: object) -> bool:
    """Say whether a message can be sent: it is JSON, and no longer than a message may be."""
    try:
        return len(_encode(message).encode()) <= MESSAGE_LIMIT
    except (TypeError, ValueError, RecursionError):
        return False


def _checked(message: Any, number: int, test: str) -> list[dict[str, Any]]:
    if not isinstance(message, dict) or message.keys() != {"number", "reports"}:
        raise Breach("something that is no answer")
    reports = message["reports"]
    if message["number"] != number or isinstance(message["number"], bool):
        raise Breach("an answer to another question")
    if not isinstance(reports, list) or not all(isinstance(report, dict) for report in reports):
        raise Breach("an answer without reports")
    if any(report.get("nodeid") != test for report in reports):
        raise Breach("the report of another test")
    if any(report.get("outcome") not in _OUTCOMES for report in reports):
        raise Breach("a report without an outcome")
    if [report.get("when") for report in reports] not in _PHASES:
        raise Breach("reports that are not complete")
    if len(reports) == 2 and reports[0]["outcome"] == "passed":
        raise Breach("reports that leave the test itself out")
    return reports


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return left
