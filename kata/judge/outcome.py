"""What a focused run found: plain data, so that one process can find it and another show it."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from kata.judge.plain import without_colors


@dataclass(frozen=True)
class Failure:
    """The first test that failed: which one, and what is known of the cause."""

    exercise: str
    test_class: str
    test: str
    passed: int
    total: int
    message: str
    printed: str
    sentence: str | None = None
    file: str | None = None
    line: int | None = None
    source: str | None = None
    cause: str | None = None
    page: str | None = None
    note: str | None = None
    hole: bool = False
    exchange: str | None = None
    comparison: dict[str, str] | None = None

    @classmethod
    def of(cls, report: pytest.TestReport, passed: int) -> "Failure":
        """Read a failure off the report of a test that belongs to an exercise."""
        record: dict[str, Any] = report.kata
        parts = report.nodeid.split("::", 2)  # A parameter may hold colons, too.
        printed = "".join(text for name, text in report.sections if name.startswith("Captured std"))
        return cls(
            exercise=record["exercise"],
            test_class=parts[1],
            test=parts[-1],
            passed=passed,
            total=record["total"],
            message=_message(report),
            printed=without_colors(printed).strip(),
            exchange=record.get("exchange"),
            comparison=record.get("comparison"),
            **(record.get("diagnosis") or {}),
        )


@dataclass(frozen=True)
class Outcome:
    """The outcome of a focused run.

    ``solved`` has the ids of all solved exercises, ``solved_now`` those that passed in this run; ``mastered``
    and ``mastered_now`` say the same of those whose further steps are done, too. Where
    pytest could not run the tests at all, ``pytest_output`` is what it wrote. ``states`` says what the
    learner's files were when the run began, by the id of each exercise in it.
    """

    solved: tuple[str, ...] = ()
    solved_now: tuple[str, ...] = ()
    mastered: tuple[str, ...] = ()
    mastered_now: tuple[str, ...] = ()
    failure: Failure | None = None
    messages: tuple[str, ...] = ()
    pytest_output: str | None = None
    states: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Outcome":
        data: dict[str, Any] = json.loads(text)
        if data["failure"] is not None:
            data["failure"] = Failure(**data["failure"])
        for name in ("solved", "solved_now", "mastered", "mastered_now", "messages"):
            data[name] = tuple(data[name])
        return cls(**data)


def _message(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message) if crash is not None else str(report.longrepr)
    return without_colors(text).removeprefix("AssertionError: ").removeprefix("Failed: ")
