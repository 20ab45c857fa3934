"""Find in the traceback of an error the line, or the function, that a learner has to look at.

A frame is of the learner's code, of the tests or of a library; its local variables lead to the rest.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from _pytest import outcomes
from flask import Flask

from kata.judge.reading import Place, file_of, is_of_tests, is_the_learners
from kata.judge.transcript import definition

_ENGINE = Path(__file__).parents[1]

_NO_RESPONSE = re.compile(r"The view function for '(.+?)' did not return a valid response")


def tracebacks(error: BaseException) -> list[TracebackType]:
    """Return the traceback of an error frame by frame, the innermost last."""
    found, traceback = [], error.__traceback__
    while traceback is not None:
        found.append(traceback)
        traceback = traceback.tb_next
    return found


def innermost(error: BaseException) -> TracebackType | None:
    """Return the frame that raised an error, whose ever it is."""
    return next(iter(tracebacks(error)[-1:]), None)


def since_flask(error: BaseException) -> TracebackType | None:
    """Return the traceback from where an application last began to handle a request; without one, all."""
    began = [tb for tb in tracebacks(error) if tb.tb_frame.f_code is Flask.wsgi_app.__code__]
    return began[-1] if began else error.__traceback__


def innermost_place(error: BaseException) -> Place | None:
    """Return the line that raised an error, whose ever it is."""
    return next(iter(_places(error)[-1:]), None)


def line_of_the_test(error: BaseException) -> Place | None:
    """Return the line of the test file that an error without a frame of the learner's came from."""
    lines = [place for place in _places(error) if is_of_tests(place[0])]
    return lines[-1] if lines else None


def is_raised_in_tests(error: BaseException) -> bool:
    """Say whether a line of the tests itself raised an error, and no library."""
    place = innermost_place(error)
    return place is not None and (is_of_tests(place[0]) or place[0].name == "conftest.py")


def is_of_the_tests(error: BaseException) -> bool:
    """Say whether tests, their fixtures or pytest raised an outcome such as a skip, and no other code."""
    files = [file for file, _ in _places(error) if file != Path(outcomes.__file__)]
    return bool(files) and (
        is_of_tests(files[-1])
        or files[-1].name == "conftest.py"
        or files[-1].is_relative_to(_ENGINE)
        or files[-1].is_relative_to(Path(outcomes.__file__).parent)
    )


def view_without_response(error: BaseException, folder: Path) -> Place | None:
    """Find the view that Flask complains of: the application is in the frames of the traceback."""
    match = _NO_RESPONSE.search(str(error))
    for traceback in tracebacks(error):
        app = traceback.tb_frame.f_locals.get("self")
        if match and isinstance(app, Flask):
            return definition(app.view_functions.get(match[1]), folder)
    return None


def after_request_without_response(error: BaseException, folder: Path) -> Place | None:
    """Find the function that left Flask without a response: it is the last that Flask called."""
    raised = innermost(error)
    if raised is None or raised.tb_frame.f_code is not Flask.wsgi_app.__code__:
        return None
    names = raised.tb_frame.f_locals
    app = names["self"]
    if names.get("response", app) is not None:
        return None
    # Flask calls those of the application last, in reverse order.
    candidates = (app.after_request_funcs.get(None), *app.after_request_funcs.values())
    functions = next(filter(None, candidates), None)
    return definition(functions[0], folder) if functions else None


def function_called(error: BaseException, name: str, folder: Path) -> Place | None:
    """Find the learner's function of this name, which a test reached through the module."""
    for names in _modules(error, folder):
        if place := definition(names.get(name), folder):
            return place
    return None


def _modules(error: BaseException, folder: Path) -> Iterator[dict[str, object]]:
    for traceback in tracebacks(error):
        for value in traceback.tb_frame.f_locals.values():
            if inspect.ismodule(value):
                yield vars(value)
    for module in list(sys.modules.values()):
        if is_the_learners(file_of(module), folder):
            yield vars(module)


def _places(error: BaseException) -> list[Place]:
    return [(Path(tb.tb_frame.f_code.co_filename), tb.tb_lineno) for tb in tracebacks(error)]
