"""Run a learner's module afresh, and turn what goes wrong there into a sentence.

The module is executed for every test, under its slug in ``sys.modules`` and from its own folder, so
that templates, static files and sibling modules resolve. Whatever it brought in is removed again.
"""

import codecs
import difflib
import inspect
import linecache
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import decode_source, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any
from unittest.mock import patch

import flask
import werkzeug.serving

from kata.course.reading import content
from kata.judge import environment, imports, reading, syntax
from kata.judge.reading import LearnerError, Place, calling_line, is_the_learners

# A comment in the first two lines may name another encoding (PEP 263).
_DECLARES_ENCODING = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=]")


class MissingName(LearnerError, AttributeError):
    """The module lacks a name that a test asks for."""


class LearnerModule(ModuleType):
    """A module that says which name it lacks, and which of its names comes close.

    ``__asked__`` counts how often each name was asked of it, as a test does. ``__stub__`` is the file, whatever
    the module makes of its ``__file__``.
    """

    __slots__ = ("__asked__", "__stub__")

    def __init__(self, file: Path) -> None:
        super().__init__(file.stem)
        self.__asked__: Counter[str] = Counter()
        self.__stub__ = file

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if not name.startswith("__"):
            self.__asked__[name] += 1
        return value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        public = [known for known in vars(self) if not known.startswith("_")]
        close = difflib.get_close_matches(name, public, 1)
        hint = f" It has `{close[0]}`: is one of the two misspelled?" if close else ""
        raise MissingName(
            f"The exercise asks for `{name}`, and the file has none.{hint}", self.__stub__
        )


@contextmanager
def loaded(
    file: Path, *, closed: tuple[Path, ...] = (), names: Mapping[str, object] | None = None
) -> Iterator[ModuleType]:
    """Execute the module in ``file`` and yield it; forget it, and all it imported, afterwards.

    The module has ``names`` before it runs. Modules beside it are imported anew. It may read no file
    below the folders ``closed``, nor import one.

    Raises:
        LearnerError: the file is missing or cannot be read or compiled, or stops while it runs.
    """
    module = _new_module(file)
    vars(module).update(names or {})
    path, entries = sys.path, list(sys.path)
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(file.parent))
    before = _taken_out(module.__name__, file.parent)
    sys.modules[module.__name__] = module
    # Who shows a line of it asks for its module: without this, all that are imported would be looked at.
    inspect.modulesbyfile[str(file)] = module.__name__
    try:
        with _no_server(file.parent), reading.refused(file.parent, closed):
            execute(compiled(file), module, file)
            yield module
    finally:
        sys.path = path
        sys.path[:] = entries
        sys.dont_write_bytecode = write_bytecode
        _taken_out(module.__name__, file.parent)
        sys.modules.update(before)


def _taken_out(name: str, folder: Path) -> dict[str, ModuleType]:
    """Take the module of this name, and the learner's below ``folder``, out of those imported."""
    below = f"{folder}{os.sep}"
    taken = {
        key: module
        for key, module in list(sys.modules.items())
        if key == name
        or ((file := reading.file_of(module)).startswith(below) and is_the_learners(file, folder))
    }
    for key in taken:
        del sys.modules[key]
    return taken


def compiled(file: Path) -> CodeType:
    """Compile the learner's file.

    Raises:
        LearnerError: the file is missing, not text, or not Python.
    """
    try:
        raw = content(file)
    except FileNotFoundError:
        raise LearnerError("The file is missing.", file) from None
    except OSError as error:
        raise LearnerError(f"The file cannot be read: {error.strerror}.", file) from None
    return compiled_text(raw, file)


def compiled_text(raw: bytes, file: Path) -> CodeType:
    """Compile what was read from the learner's file.

    Raises:
        LearnerError: it is not text, or not Python.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise LearnerError(
            "The file is saved as UTF-16 or UTF-32, which Python does not read: save it as UTF-8.",
            file,
        )
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise LearnerError("The file holds a NUL byte, which no text has.", file, line)
    if not _DECLARES_ENCODING.match(raw):
        _require_utf8(raw, file)
    try:
        return compile(raw, str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise _not_python(error, raw, file) from None
    except (RecursionError, MemoryError):
        raise LearnerError(
            "Python cannot compile the file: it is nested too deeply.", file
        ) from None


def place_in(folder: Path, traceback: TracebackType | None) -> Place | None:
    """Return file and line of the innermost frame of ``traceback`` that runs code below ``folder``."""
    place = None
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if is_the_learners(filename, folder):
            place = Path(filename), traceback.tb_lineno
        traceback = traceback.tb_next
    return place


def _new_module(file: Path) -> LearnerModule:
    module = LearnerModule(file)
    name = module.__name__
    loader = SourceFileLoader(name, str(file))
    module.__file__ = str(file)
    module.__loader__ = loader
    module.__spec__ = spec_from_file_location(name, file, loader=loader)
    return module


def execute(code: CodeType, module: ModuleType, file: Path) -> None:
    """Execute the learner's code; raise a `LearnerError` if it stops while it runs."""
    try:
        exec(code, vars(module))
    except LearnerError:
        raise
    except (Exception, SystemExit) as error:
        if type(error).__module__.startswith("_pytest."):
            raise  # An outcome, such as that of pytest.exit(): for the plugin to judge.
        place = place_in(file.parent, error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename:  # In a module that this one imports.
            source = "".join(linecache.getlines(error.filename))
            sentence, line = syntax.explained(error, source)
            raise LearnerError(sentence, Path(error.filename), line) from error
        raise LearnerError(_sentence(error, place), *(place or (file, None))) from error


def _sentence(error: BaseException, place: Place | None) -> str:
    if (refusal := environment.refusal(error, environment.printed())) is not None:
        return refusal
    match error:
        case ImportError():
            return imports.explained(error, place)
        case SystemExit():
            said = f"This line ends the program with exit status {exit_status(error)} while the module is "
            return f'{said}imported. Remove it, or move it below `if __name__ == "__main__":`.'
        case NotImplementedError():
            return f"Still to be written: {error}."
        case NameError():
            return f"Importing the module stops here with {imports.of_name(error)}"
    return f"Importing the module stops here with {type(error).__name__}: {error}".rstrip(": ")


def exit_status(error: SystemExit) -> int:
    """Return the status with which Python would end: a text goes to the error output, and the status is 1."""
    return error.code if isinstance(error.code, int) else 0 if error.code is None else 1


@contextmanager
def _no_server(folder: Path) -> Iterator[None]:
    """Refuse to start the development server: it would never return to the test."""

    def run(*args: object, **kwargs: object) -> None:
        file, line = calling_line(folder) or (folder, None)
        raise LearnerError(
            "This line starts the development server, which never returns to the test. "
            'Remove it, or move it below `if __name__ == "__main__":`.',
            file,
            line,
        )

    with patch.object(flask.Flask, "run", run), patch.object(werkzeug.serving, "run_simple", run):
        yield


def _not_python(error: SyntaxError, raw: bytes, file: Path) -> LearnerError:
    try:
        sentence, line = syntax.explained(error, decode_source(raw))
    except (SyntaxError, LookupError, UnicodeError):
        said = f"The file cannot be read in the encoding that its first lines name: {error.msg}."
        return LearnerError(said, file)
    return LearnerError(sentence, file, line)


def _require_utf8(raw: bytes, file: Path) -> None:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        sentence = f"The byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8."
        raise LearnerError(sentence, file, line) from None
