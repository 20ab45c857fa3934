"""Say in a sentence what a failing test found, and which of the learner's lines to look at."""

import ast
import inspect
import linecache
import re
import unittest
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from flask import Flask

from kata.judge import causes, environment
from kata.judge.loader import MissingName, place_in
from kata.judge.reading import LearnerError
from kata.judge.transcript import Transcript, definition

_NONE_HAS_NO = re.compile(r"'NoneType' object has no attribute '(\w+)'")
_CALL = re.compile(r"(?:\w+\.)*(\w+)\(\) (?:takes|missing|got|requires)")
_NO_RESPONSE = re.compile(r"The view function for '(.+?)' did not return a valid response")

# What pytest raises to end a test, or the run, with another outcome than pass and fail.
OUTCOMES = (
    pytest.skip.Exception,
    pytest.exit.Exception,
    pytest.xfail.Exception,
    unittest.SkipTest,
    SystemExit,
)
_CALLS = {"Skipped": "skip", "XFailed": "xfail", "Exit": "exit"}


class TooLong(Exception):
    """Stands for an error whose text is too long to be shown; its own text begins with that error's name."""


@dataclass(frozen=True)
class Diagnosis:
    """What happened, where in the learner's code, and that line itself."""

    sentence: str
    file: str | None = None
    line: int | None = None
    source: str | None = None
    cause: str | None = None
    page: str | None = None

    @classmethod
    def at(cls, sentence: str, place: tuple[Path, int | None] | None) -> "Diagnosis":
        if place is None:
            return cls(sentence)
        file, line = place
        linecache.checkcache(str(file))
        source = linecache.getline(str(file), line).strip() if line else ""
        return cls(sentence, str(file), line, source or None)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def text(self, root: Path) -> str:
        """Return the diagnosis as pytest prints it: place, line and sentence."""
        place = where(self.file, self.line, root)
        cause = f"{self.cause}\nSee {self.page}" if self.cause else ""
        lines = [place, f"    {self.source}" if self.source else "", self.sentence, cause]
        return "\n".join(line for line in lines if line)


def where(file: str | None, line: int | None, root: Path) -> str:
    """Return a place as a person would say it: the path from the root, and the line."""
    if file is None:
        return ""
    path = Path(file)
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return f"{name}, line {line}" if line else name


def of_error(
    error: BaseException,
    folder: Path,
    transcript: Transcript,
    comparison: dict[str, str] | None = None,
) -> Diagnosis:
    """Explain an exception that ended a test.

    ``folder`` holds the learner's files, and ``comparison`` is the one that failed, if one did.
    """
    found = _of_error(error, folder, transcript)
    cause = causes.likely(error, *transcript.last_status_and_body(), comparison)
    return replace(found, cause=cause.sentence, page=cause.page) if cause else found


def _of_error(error: BaseException, folder: Path, transcript: Transcript) -> Diagnosis:
    place: tuple[Path, int | None] | None = place_in(folder, error.__traceback__)
    match error:
        case MissingName() | LearnerError():
            return Diagnosis.at(error.sentence, (error.file, error.line))
        case NotImplementedError() if place and _places(error)[-1] == place:
            return Diagnosis.at(f"Still to be written. {error}".strip(), place)
        case TypeError() if "did not return a valid response" in str(error):
            view = _view_at_fault(error, folder) or place or transcript.view(folder)
            return Diagnosis.at(_first_sentence(error), view)
        case TypeError() if function := _after_request_at_fault(error, folder):
            sentence = "A function registered with after_request returned None: it has to return the response."
            return Diagnosis.at(sentence, function)
        case TypeError() if (
            place is None
            and (match := _CALL.match(str(error)))
            and (function := _found_in_tests(error, match[1], folder))
        ):
            sentence = f"{_capitalized(error)}. The tests call it as the README does: compare the parameters."
            return Diagnosis.at(sentence, function)
        case AttributeError() if place is None and (match := _NONE_HAS_NO.search(str(error))):
            if (name := _returned_none(error)) is not None:
                sentence = f"`{name}` returned None: is a `return` missing?"
                return Diagnosis.at(sentence, _found_in_tests(error, name, folder))
            sentence = f"The test wanted `{match[1]}` of something that is None"
            return Diagnosis.at(f"{sentence}: was nothing returned?", _line_of_the_test(error))
        case AssertionError() | pytest.fail.Exception() if place is None:
            return Diagnosis.at("", transcript.view(folder))
        case RecursionError():
            return Diagnosis.at("A function calls itself without end.", place)
        case OSError() | MemoryError() if (limit := environment.too_much(error)) is not None:
            return Diagnosis.at(limit, place)
        case TooLong():
            return Diagnosis.at(str(error), place or _line_of_the_test(error))
    return Diagnosis.at(f"{type(error).__name__}: {error}", place or _line_of_the_test(error))


def of_fault(error: BaseException, fault: Exception, folder: Path) -> Diagnosis:
    """Name an exception that cannot be explained, because looking at it raised ``fault``."""
    sentence = (
        f"{type(error).__name__}, whose text cannot be read: that raises {type(fault).__name__}."
    )
    return Diagnosis.at(sentence, place_in(folder, error.__traceback__) or _line_of_the_test(error))


def of_outcome(outcome: BaseException, folder: Path) -> Diagnosis | None:
    """Explain a skip, an xfail or an exit that the learner's code asked for; None if it was not that code."""
    place = place_in(folder, outcome.__traceback__)
    if place is None:
        return None
    while isinstance(outcome, BaseExceptionGroup):
        outcome = outcome.exceptions[0]
    name = type(outcome).__name__
    if isinstance(outcome, SystemExit):
        sentence = f"This line ends the program with exit status {outcome.code!r}, before the test has a result."
    elif name in _CALLS:
        sentence = f"This line calls pytest.{_CALLS[name]}(): a test that it ends has not passed. Remove the call."
    else:
        sentence = f"This line raises {name}: a test that it ends has not passed. Remove it."
    return Diagnosis.at(sentence, place)


def _tracebacks(error: BaseException) -> list[TracebackType]:
    """Return the traceback of an error frame by frame, the innermost last."""
    found, traceback = [], error.__traceback__
    while traceback is not None:
        found.append(traceback)
        traceback = traceback.tb_next
    return found


def _innermost(error: BaseException) -> TracebackType | None:
    """Return the frame that raised an error, whose ever it is."""
    return next(iter(_tracebacks(error)[-1:]), None)


def _places(error: BaseException) -> list[tuple[Path, int]]:
    """Return the lines that an error came through, whose ever they are, the innermost last."""
    return [(Path(tb.tb_frame.f_code.co_filename), tb.tb_lineno) for tb in _tracebacks(error)]


def _line_of_the_test(error: BaseException) -> tuple[Path, int] | None:
    """Return the line of the test file that an error without a frame of the learner's came from."""
    lines = [place for place in _places(error) if place[0].name.startswith("test_")]
    return lines[-1] if lines else None


def _view_at_fault(error: BaseException, folder: Path) -> tuple[Path, int] | None:
    """Find the view that Flask complains of: the application is in the frames of the traceback."""
    match = _NO_RESPONSE.search(str(error))
    for traceback in _tracebacks(error):
        app = traceback.tb_frame.f_locals.get("self")
        if match and isinstance(app, Flask):
            return definition(app.view_functions.get(match[1]), folder)
    return None


def _after_request_at_fault(error: BaseException, folder: Path) -> tuple[Path, int] | None:
    """Find the function that left Flask without a response: it is the last that Flask called."""
    innermost = _innermost(error)
    if innermost is None or innermost.tb_frame.f_code is not Flask.wsgi_app.__code__:
        return None
    names = innermost.tb_frame.f_locals
    app = names["self"]
    if names.get("response", app) is not None:
        return None
    # Flask calls those of the application last, in reverse order.
    candidates = (app.after_request_funcs.get(None), *app.after_request_funcs.values())
    functions = next(filter(None, candidates), None)
    return definition(functions[0], folder) if functions else None


def _found_in_tests(error: BaseException, name: str, folder: Path) -> tuple[Path, int] | None:
    """Find the learner's function of this name, which a test reached through the module."""
    for traceback in _tracebacks(error):
        for value in traceback.tb_frame.f_locals.values():
            names = vars(value) if inspect.ismodule(value) else {}
            if place := definition(names.get(name), folder):
                return place
    return None


def _returned_none(error: AttributeError) -> str | None:
    """Return the name of the learner's function whose None a test asked for an attribute.

    That is so where the test wrote `exercise.create_app().name`, or `app.name` after
    `app = exercise.create_app()`.
    """
    traceback = _innermost(error)
    if traceback is None:
        return None
    code = traceback.tb_frame.f_code
    first, last, start, end = list(code.co_positions())[traceback.tb_lasti // 2]
    if first is None or start is None or first != last:
        return None
    line = linecache.getline(code.co_filename, first).encode()[start:end].decode()
    asked = line.rpartition(".")[0]
    assignment = re.compile(rf"\s*{re.escape(asked)} = (.+)")
    before = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 : first]
    assigned = [match[1] for line in before if (match := assignment.match(line))]
    try:
        match ast.parse(assigned[-1] if assigned else asked, mode="eval").body:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="exercise"), attr=name)):
                return name
    except SyntaxError:  # A call that goes on in the next line.
        pass
    return None


def _first_sentence(error: BaseException) -> str:
    # Where no rule fits, there is no view: an error handler answered.
    text = _capitalized(error).replace("The view function for None", "An error handler")
    first = text.partition(". ")[0]
    if match := re.search(r"but it was an? (\w+)", str(error)):
        return f"{first}: it returned an object of type {match[1]}."
    return f"{first}: did it end without `return`?"


def _capitalized(error: BaseException) -> str:
    text = str(error)
    return text[:1].upper() + text[1:].rstrip(".")
