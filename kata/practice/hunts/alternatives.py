"""The answers that are kept for an exercise beside its reference, and what each says of itself."""

import ast
import re
from pathlib import Path

from kata.course.exercise import Exercise

RIGHT, WRONG = "right", "wrong"

_CAUGHT_BY = re.compile(r"caught by:")
_COMMENT = re.compile(r"\s*(?:#|<!--|\{#-?|//)\s*(.+?)\s*(?:-->|-?#\})?\s*(?:\n|\Z)")


def alternatives(exercise: Exercise, kind: str, root: Path) -> list[Path]:
    """List the right or the wrong answers that are kept for an exercise: files, or folders of files."""
    return sorted((root / "tests" / "answers" / exercise.id).glob(f"{kind}_*"))


def difference(answer: Path) -> str:
    """Return in words what an answer does in another way than the reference: of a wrong one, the mistake.

    It stands in the first docstring or comment; in a folder, in that of the file which names the tests that
    catch it, or else of the first that has one; without any, its name has to do.
    """
    files = sorted(answer.rglob("*")) if answer.is_dir() else [answer]
    texts = [(file, _text(file)) for file in files if file.is_file()]
    texts.sort(key=lambda pair: not _CAUGHT_BY.search(pair[1]))
    return next(filter(None, (_first_words(file, text) for file, text in texts)), _named(answer))


def _first_words(file: Path, text: str) -> str:
    if file.suffix == ".py":
        try:
            if said := ast.get_docstring(ast.parse(text)):
                return " ".join(said.partition("\n\n")[0].split())
        except SyntaxError:
            pass
    match = _COMMENT.match(text)
    return match[1] if match and not _CAUGHT_BY.search(match[1]) else ""


def _named(answer: Path) -> str:
    words = answer.stem.partition("_")[2].replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}."


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
