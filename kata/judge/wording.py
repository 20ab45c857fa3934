"""The words and values of a verdict: what a test is called, and what a failure expected."""

import re

from kata.course.exercise import Exercise
from kata.judge.outcome import Failure

_VALUE_LIMIT = 240


def sentence(test: str) -> str:
    """Return a test's name as the sentence that it is.

    >>> sentence("test_a_bad_limit_is_refused[abc]")
    'A bad limit is refused (abc)'
    """
    name, _, parameters = test.partition("[")
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:] + (f" ({parameters[:-1]})" if parameters else "")


def outlook(exercise: Exercise) -> str:
    """Say what goes further, and how long it takes where the README says so."""
    titles = ", ".join(step.title for step in exercise.further)
    minutes = [step.minutes for step in exercise.further if step.minutes]
    return f"{titles} ({sum(minutes)} minutes)" if minutes else titles


def values(failure: Failure) -> list[tuple[str, str]]:
    """Return what a failed assertion expected and found, with its message if it has one."""
    own = failure.message.partition("\nassert ")[0]
    said = [] if own.startswith("assert ") else [("because", own)]
    if failure.comparison is None:
        asserted = "\nassert " in failure.message
        return said if said and asserted else [("failed", "\n".join(own.splitlines()[:6]))]
    labels = [
        label for label in ("expected", "actual", "missing", "extra") if label in failure.comparison
    ]
    if labels:  # Of sets and dicts: what differs, and not all that there is.
        return said + [(label, shortened(failure.comparison[label])) for label in labels]
    left, right = (shortened(failure.comparison[side]) for side in ("left", "right"))
    match failure.comparison["op"]:
        case "==" | "is":
            pair = [("expected", right), ("actual", left)]
        case "in":
            pair = [("expected", f"{left} in it"), ("actual", right)]
        case "not in":
            pair = [("expected", f"no {left} in it"), ("actual", right)]
        case operator:
            pair = [("expected", f"{operator} {right}"), ("actual", left)]
    return said + pair


def shortened(value: str, limit: int = _VALUE_LIMIT) -> str:
    return value if len(value) <= limit else f"{value[: limit - 1]}…"


def plain(markdown: str) -> str:
    """Return Markdown text without its emphasis."""
    return re.sub(r"\*\*(.+?)\*\*", r"\1", markdown)
