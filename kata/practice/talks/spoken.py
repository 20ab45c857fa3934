"""What to say in the interview: the model answer of an exercise and its follow-up questions, as data.

It is read from ``solutions/<tier>/<id>/answer.md``, the use case from the README of the exercise.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from kata.course.exercise import Exercise

# How many words are spoken in a minute.
_PACE = 150

# A sentence of fewer words is no point by itself: it leads to the next, or refers to the one before it.
_SHORT = 6
_REFERRING = ("It ", "They ", "That ", "This ")

_USE_CASE = re.compile(r"^\*\*Use case\.\*\*\s+(.+?)(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"^## (.+?)[ \t]*$\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FOLLOW_UP = re.compile(
    r"^- \*\*(.+?)\*\*\s+(.+?)(?=^- \*\*|^\*\*Documentation|\Z)", re.MULTILINE | re.DOTALL
)
_DOCUMENTATION = re.compile(
    r"^\*\*Documentation\*\*:\s*(.+?)(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL
)

_QUOTES = ('""', "“”")
_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_END = re.compile(r"[.?!][)\"'”’*_]*(?=\s)")
_ABBREVIATIONS = frozenset({"cf.", "e.g.", "etc.", "i.e.", "vs."})


class NotThere(LookupError):
    """There is no spoken answer of an exercise. The message is a sentence for the learner."""


@dataclass(frozen=True)
class FollowUp:
    """A question with which the interviewer goes on, and the answer to it, both Markdown."""

    question: str
    answer: str


@dataclass(frozen=True)
class Spoken:
    """What to say to the question of an exercise; all texts are Markdown of one line.

    ``points`` are the sentences of ``text``, a short one together with its neighbor.
    """

    text: str
    points: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    documentation: str

    @property
    def seconds(self) -> int:
        """Return how long it takes to say the text, to five seconds."""
        return max(5, round(len(self.text.split()) * 60 / _PACE / 5) * 5)


def read(exercise: Exercise, solutions: Path) -> Spoken:
    """Read the spoken answer of an exercise.

    Raises:
        NotThere: the tree has none, as that of a class, or it cannot be read.
    """
    file = exercise.within(solutions) / "answer.md"
    name = f"solutions/{exercise.tier}/{exercise.id}/answer.md"
    try:
        content = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        said = f"There is no model answer of {exercise.number} here: {name} is missing."
        raise NotThere(said) from None
    except OSError as error:
        raise NotThere(f"{name} cannot be read ({error.strerror}).") from None
    parts = dict(_PART.findall(content))
    text = _unquoted(_on_one_line(parts.get("In the interview", "")))
    if not text:
        raise NotThere(f"There is no model answer in {name}: its part “In the interview” is empty.")
    found = _DOCUMENTATION.search(content)
    return Spoken(
        text,
        points(text),
        tuple(
            FollowUp(_on_one_line(question), _on_one_line(answer))
            for question, answer in _FOLLOW_UP.findall(parts.get("The interviewer goes on", ""))
        ),
        _on_one_line(found[1]) if found else "",
    )


def use_case(exercise: Exercise) -> str:
    """Return what the README says that the question is about, on one line."""
    try:
        found = _USE_CASE.search(exercise.readme.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return _on_one_line(found[1]) if found else ""


def points(text: str) -> tuple[str, ...]:
    """Return the points of a spoken text, in order.

    >>> points("The view reads `a. b`, e.g. here. It never writes. And one thing more. Ask whoever is there.")
    ('The view reads `a. b`, e.g. here. It never writes.', 'And one thing more. Ask whoever is there.')
    """
    found: list[str] = []
    leading = ""
    for sentence in sentences(text):
        short = len(sentence.split()) < _SHORT
        if found and short and not leading and sentence.startswith(_REFERRING):
            found[-1] += f" {sentence}"
        elif short:
            leading += f"{sentence} "
        else:
            found.append(leading + sentence)
            leading = ""
    if leading:
        found[-1:] = [" ".join([*found[-1:], leading.strip()])]
    return tuple(found)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; one ends neither in code nor after an abbreviation."""
    hidden = _CODE.sub(lambda code: "`" * len(code[0]), text)
    found, start = [], 0
    for end in _END.finditer(hidden):
        words = hidden[start : end.end()].split()
        if words[-1].lstrip("(").lower() not in _ABBREVIATIONS:
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [*found, *filter(None, [text[start:].strip()])]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _unquoted(text: str) -> str:
    """Return a text without the quotation marks around the whole of it."""
    quoted = len(text) > 1 and text[0] + text[-1] in _QUOTES
    return text[1:-1].strip() if quoted else text
