"""Say what is missing: a module that the learner's code imports, or a name that it uses."""

import difflib
import keyword
import linecache
import pkgutil
import sys

import flask

from kata.judge import frames
from kata.judge.reading import Place


def explained(error: ImportError, place: Place | None) -> str:
    """Return a sentence for an import that failed at this place in the learner's code."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return f"This line fails: {error.msg.partition(' (')[0]}."
    name = error.name
    above, _, last = name.rpartition(".")
    line = linecache.getline(str(place[0]), place[1]) if place else ""
    verb = "imports" if last in line else "needs"
    close = difflib.get_close_matches(name, _known_in(above, name), 1, 0.8)
    if close:
        return f"This line {verb} `{name}`, and there is no module of that name. Did you mean `{close[0]}`?"
    if above:
        return f"This line {verb} `{name}`, and `{above}` has no module of that name."
    return (
        f"This line {verb} `{name}`, which is not installed. The exercise can be solved without it."
    )


def of_name(error: NameError) -> str:
    """Return what Python says of a name that is not defined, and what may have been meant."""
    name, said = error.name, f"{type(error).__name__}: {error}"
    raised = frames.innermost(error)
    if not name or raised is None or isinstance(error, UnboundLocalError):
        return said
    if hasattr(flask, name):
        return f"{said}. Is `from flask import {name}` missing?"
    frame = raised.tb_frame
    known = [*frame.f_locals, *frame.f_globals, *frame.f_builtins, *keyword.kwlist]
    close = difflib.get_close_matches(name, [each for each in known if each[0] != "_"], 1, 0.75)
    return f"{said}. Did you mean `{close[0]}`?" if close else said


def _known_in(package: str, name: str) -> set[str]:
    """Return the modules of a package, or without one all that can be imported."""
    if package:
        return {known for known in sys.modules if known.rpartition(".")[0] == package}
    found = sys.stdlib_module_names | {module.name for module in pkgutil.iter_modules()}
    return {known for known in found if known.startswith("_") == name.startswith("_")}
