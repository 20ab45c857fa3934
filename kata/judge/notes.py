"""What else a failure makes worth knowing, beside what was expected and what came: one sentence, or none."""

from dataclasses import dataclass

import pytest

from kata.judge import beside, factories, routing
from kata.judge.evidence import Evidence, is_hole
from kata.judge.loader import place_in
from kata.judge.reading import Place


@dataclass(frozen=True)
class Note:
    """A fact in a sentence, and where to look if there is such a place.

    ``hole`` says that this line is one that the learner has yet to replace.
    """

    sentence: str
    place: Place | None = None
    hole: bool = False


def worth_knowing(error: BaseException, evidence: Evidence) -> Note | None:
    """Return the first fact that explains more of this failure than the failure itself."""
    if evidence.stub is not None and (other := beside.edited(evidence.stub)) is not None:
        return Note(other)
    asserted = isinstance(error, AssertionError | pytest.fail.Exception)
    if asserted and (shared := factories.shared_application(evidence.module)) is not None:
        return Note(*shared)
    if evidence.place_of(error) is not None:
        return None
    if (note := _error_behind_the_answer(evidence)) is not None:
        return note
    exchange = evidence.transcript.last_exchange
    if not asserted or exchange is None or evidence.wants(404):
        return None
    why = routing.why_no_view(exchange, evidence.folder)
    return Note(*why) if why is not None else None


def _error_behind_the_answer(evidence: Evidence) -> Note | None:
    """Name the exception for which Flask answered with 500, unless that was to be."""
    exchange = evidence.transcript.last_exchange
    error = exchange.error if exchange is not None else None
    place = place_in(evidence.folder, error.__traceback__) if error is not None else None
    if error is None or place is None or evidence.wants(500):
        return None
    if is_hole(error, place):
        return Note(f"Still to be written. {error}".strip(), place, hole=True)
    return Note(f"Behind this answer is an error, {type(error).__name__}: {error}", place)
