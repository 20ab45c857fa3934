"""What the answers that are kept say of tests that a learner wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kata.judge.outcome import Failure


@dataclass(frozen=True)
class Alive:
    """A wrong answer that no test has caught: its name, what is wrong, and whether that goes further.

    ``met_an_error`` says that a fixture of the learner's failed on it, which is no test that catches it.
    """

    name: str
    cause: str
    further: bool
    met_an_error: bool


@dataclass(frozen=True)
class Refused:
    """A right answer that a test refuses: what it does in another way, and how the first such test fails."""

    difference: str
    failure: Failure


@dataclass(frozen=True)
class Judgement:
    """What the answers say of the tests in the file.

    ``unread`` says why the file could not be read, and ``failing`` how a test fails on the reference; then
    nothing else was tried. ``caught`` says how many wrong answers each test, without its parameters, was
    the first to catch, of ``wrong`` in all.
    """

    tests: tuple[str, ...] = ()
    unread: Failure | None = None
    failing: Failure | None = None
    right: int = 0
    refused: tuple[Refused, ...] = ()
    wrong: int = 0
    caught: Mapping[str, int] = field(default_factory=dict)
    alive: tuple[Alive, ...] = ()

    @property
    def is_tried(self) -> bool:
        """Say whether the answers were tried: the file could be read, and the reference passes."""
        return self.unread is None and self.failing is None

    @property
    def is_complete(self) -> bool:
        """Say whether nothing is left to do."""
        return self.is_tried and bool(self.tests) and not self.refused and not self.alive

    @property
    def caught_in_all(self) -> int:
        return self.wrong - len(self.alive)
