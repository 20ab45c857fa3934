"""Say in a sentence what a failing test found, and which of the learner's lines to look at."""

import linecache
import re
import unittest
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kata.judge import causes, environment, factories, frames, imports, notes
from kata.judge.evidence import Evidence, is_hole
from kata.judge.loader import MissingName, exit_status, place_in
from kata.judge.reading import LearnerError, Place

_NONE_HAS_NO = re.compile(r"'NoneType' object has no attribute '(\w+)'")
_CALL = re.compile(r"(?:[\w<>]+\.)*(\w+)\(\) (?:takes|missing|got|requires)")

# What pytest raises to end a test, or the run, with another outcome than pass and fail.
OUTCOMES = (
    pytest.skip.Exception,
    pytest.exit.Exception,
    pytest.xfail.Exception,
    unittest.SkipTest,
    SystemExit,
)
# Nobody reads a line of more characters.
_SOURCE_LIMIT = 1000

_CALLS = {"Skipped": "skip", "XFailed": "xfail", "Exit": "exit"}


class TooLong(Exception):
    """Stands for an error whose text is too long to be shown; its own text begins with that error's name."""


@dataclass(frozen=True)
class Diagnosis:
    """What happened, where in the learner's code, and that line itself.

    ``note`` is what else is known, ``cause`` what is likely and ``page`` where that is explained. ``hole`` says
    that the line is one that the learner has yet to replace.
    """

    sentence: str
    file: str | None = None
    line: int | None = None
    source: str | None = None
    cause: str | None = None
    page: str | None = None
    note: str | None = None
    hole: bool = False

    @classmethod
    def at(cls, sentence: str, place: tuple[Path, int | None] | None) -> "Diagnosis":
        if place is None:
            return cls(sentence)
        file, line = place
        linecache.checkcache(str(file))
        source = linecache.getline(str(file), line).strip() if line else ""
        if len(source) > _SOURCE_LIMIT:
            source = f"{source[:_SOURCE_LIMIT]}…"
        return cls(sentence, str(file), line, source or None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def text(self, root: Path) -> str:
        """Return the diagnosis as pytest prints it: place, line and sentence."""
        place = where(self.file, self.line, root)
        cause = f"{self.cause}\nSee {self.page}" if self.cause else ""
        source = f"    {self.source}" if self.source else ""
        lines = [place, source, self.sentence, self.note, cause]
        return "\n".join(line for line in lines if line)


def where(file: str | None, line: int | None, root: Path) -> str:
    """Return a place as a person would say it: the path from the root, and the line."""
    if file is None:
        return ""
    path = Path(file)
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return f"{name}, line {line}" if line else name


def of_error(error: BaseException, evidence: Evidence) -> Diagnosis:
    """Explain an exception that ended a test."""
    found = _of_error(error, evidence)
    cause = causes.likely(error, *evidence.transcript.last_status_and_body(), evidence.comparison)
    if cause is not None:
        found = replace(found, cause=cause.sentence, page=cause.page)
    note = notes.worth_knowing(error, evidence)
    if note is None or note.place is None:
        return replace(found, note=note.sentence if note else None)
    # What is certain stands in place of what is likely.
    found = Diagnosis.at(found.sentence, note.place)
    return replace(found, note=note.sentence, hole=note.hole)


def _of_error(error: BaseException, evidence: Evidence) -> Diagnosis:
    folder, transcript = evidence.folder, evidence.transcript
    view, place = evidence.view_that_raised(error), evidence.place_of(error)
    if (refusal := environment.refusal(error, evidence.printed)) is not None:
        return Diagnosis.at(refusal, place or view)
    match error:
        case MissingName() | LearnerError():
            return Diagnosis.at(error.sentence, (error.file, error.line))
        case NotImplementedError() if is_hole(error, place):
            sentence = f"Still to be written. {error}".strip()
            return replace(Diagnosis.at(sentence, place), hole=True)
        case ImportError() if place:
            return Diagnosis.at(imports.explained(error, place), place)
        case NameError() if place:
            return Diagnosis.at(imports.of_name(error), place)
        case TypeError() if "did not return a valid response" in str(error):
            at = frames.view_without_response(error, folder) or place or transcript.view(folder)
            return Diagnosis.at(_first_sentence(str(error)), at)
        case TypeError() if function := frames.after_request_without_response(error, folder):
            sentence = "A function registered with after_request returned None: it has to return the response."
            return Diagnosis.at(sentence, function)
        case TypeError() if place is None and (call := _CALL.match(str(error))):
            return _of_call(error, call, view, folder)
        case AttributeError() if (
            place is None
            and frames.is_raised_in_tests(error)
            and (match := _NONE_HAS_NO.search(str(error)))
        ):
            return _of_none(error, match[1], folder)
        case AssertionError() | pytest.fail.Exception() if place is None:
            return Diagnosis.at("", transcript.view(folder))
        case RecursionError():
            return Diagnosis.at("A function calls itself without end.", place)
    at = place or view or frames.line_of_the_test(error)
    if isinstance(error, TooLong):
        return Diagnosis.at(str(error), at)
    return Diagnosis.at(f"{type(error).__name__}: {error}".rstrip(": "), at)


def _of_call(error: TypeError, call: re.Match[str], view: Place | None, folder: Path) -> Diagnosis:
    """Explain that a function was called with arguments that it does not take."""
    said = f"{call[1]}{str(error)[call.end(1) :].rstrip('.')}"
    if view and "<locals>" in call[0]:
        parts = "a view has a parameter for each part in angle brackets of its rule, and no other"
        return Diagnosis.at(f"{said}: {parts}.", view)
    if function := frames.function_called(error, call[1], folder):
        advice = "The tests call it as the README does: compare the parameters."
        return Diagnosis.at(f"{said}. {advice}", function)
    return Diagnosis.at(f"TypeError: {error}", view or frames.line_of_the_test(error))


def _of_none(error: AttributeError, asked: str, folder: Path) -> Diagnosis:
    """Explain that a test asked None for an attribute."""
    name = factories.that_returned_none(error)
    if name is None:
        sentence = f"The test wanted `{asked}` of something that is None: was nothing returned?"
        return Diagnosis.at(sentence, frames.line_of_the_test(error))
    function = frames.function_called(error, name, folder)
    if function and (indented := factories.indented_return(function)):
        sentence = (
            f"`{name}` returned None: its `{indented.source}` is indented so far that it belongs to "
            f"`{indented.function}`. Move it to the left."
        )
        return Diagnosis.at(sentence, indented.place)
    return Diagnosis.at(f"`{name}` returned None: is a `return` missing?", function)


def of_fault(error: BaseException, fault: BaseException, folder: Path) -> Diagnosis:
    """Name an exception that cannot be explained, because looking at it raised ``fault``."""
    if isinstance(error, LearnerError):
        return Diagnosis.at(error.sentence, (error.file, error.line))
    sentence = (
        f"{type(error).__name__}, whose text cannot be read: that raises {type(fault).__name__}."
    )
    return Diagnosis.at(
        sentence, place_in(folder, error.__traceback__) or frames.line_of_the_test(error)
    )


def of_outcome(outcome: BaseException, folder: Path) -> Diagnosis | None:
    """Explain a skip, an xfail or an exit that the learner's code asked for; None if it was not that code.

    It may have handed on what asks for it, such as `pytest.skip` for a view: then no line of it is known.
    """
    place = place_in(folder, outcome.__traceback__)
    if place is None and (isinstance(outcome, SystemExit) or frames.is_of_the_tests(outcome)):
        return None
    while isinstance(outcome, BaseExceptionGroup):
        outcome = outcome.exceptions[0]
    name = type(outcome).__name__
    if isinstance(outcome, SystemExit):
        sentence = (
            f"This line ends the program with exit status {exit_status(outcome)}, before the test has a "
            "result: to leave a function, use `return`."
        )
    elif name in _CALLS:
        sentence = f"This line calls pytest.{_CALLS[name]}(): a test that it ends has not passed. Remove the call."
    else:
        sentence = f"This line raises {name}: a test that it ends has not passed. Remove it."
    return Diagnosis.at(sentence, place)


def _first_sentence(text: str) -> str:
    # Where no rule fits, there is no view: an error handler answered.
    first = (
        text.replace("The view function for None", "An error handler")
        .partition(". ")[0]
        .rstrip(".")
    )
    if match := re.search(r"but it was an? (\w+)", text):
        return f"{first}: it returned an object of type {match[1]}."
    return f"{first}: did it end without `return`?"
