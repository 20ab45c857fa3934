"""Put the two sides of a failed comparison into words: sorted, short enough to read, and what differs.

Of two sets or two dicts it is said what is missing and what is extra, also where they stand in a tuple
or a list of which nothing else differs.
"""

import reprlib
from collections.abc import Callable, Iterable, Set
from itertools import islice
from typing import Any

_VALUE_LIMIT = 1000
_COMPARED_LIMIT = 50_000


def described(op: str, left: object, right: object) -> dict[str, str]:
    """Return the operator and both sides as text.

    Of sets and dicts that should be equal, ``missing`` and ``extra`` say what the left one lacks, and what
    it has beyond the right one. ``expected`` and ``actual`` are then what is to be seen beside that.
    """
    sides = {"op": op, "left": in_words(left), "right": in_words(right)}
    try:
        return sides | (_difference(left, right) if op == "==" else {})
    except Exception:  # What a learner made may raise when it is only compared.
        return sides


def explained(
    explain: Callable[[str, object, object], str | None] | None,
    op: str,
    left: object,
    right: object,
) -> str | None:
    """Explain a failed comparison as pytest does, but do not look for the difference of long texts."""
    if not _is_long(left) and not _is_long(right):
        return explain(op, left, right) if explain else None
    return (
        f"{in_words(left)[:80]}… {op} {in_words(right)[:80]}…: at least one of them is very long."
    )


def in_words(value: object) -> str:
    """Return a value as Python writes it, but sorted where it is a set or a dict."""
    try:
        return reprlib.repr(value) if _is_long(value) else _written(value)[:_VALUE_LIMIT]
    except Exception as error:  # A learner's class may have any `__repr__`.
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _difference(left: Any, right: Any) -> dict[str, str]:
    if _is_long(left) or _is_long(right):
        return {}
    whole = left, right
    while type(left) is type(right) and type(left) in (list, tuple) and len(left) == len(right):
        differing = [pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]]
        if len(differing) != 1:
            return {}
        left, right = differing[0]
    found = {}
    if isinstance(left, Set) and isinstance(right, Set):
        found = {"missing": _listed(right - left), "extra": _listed(left - right)}
    elif isinstance(left, dict) and isinstance(right, dict):
        differing = [key for key in left.keys() & right.keys() if left[key] != right[key]]
        found = {
            "expected": _listed_of(right, differing),
            "actual": _listed_of(left, differing),
            "missing": _listed_of(right, right.keys() - left.keys()),
            "extra": _listed_of(left, left.keys() - right.keys()),
        }
    if found and left is not whole[0]:
        found |= {"expected": in_words(whole[1]), "actual": in_words(whole[0])}
    elif found:
        # To list all that is missing does not show that nothing is there.
        found |= {"actual": in_words(left)} if not left else {}
        found |= {"expected": in_words(right)} if not right else {}
    return {label: text for label, text in found.items() if text}


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(_written, _in_order(values)))[:_VALUE_LIMIT]


def _listed_of(values: dict[Any, object], keys: Iterable[object]) -> str:
    pairs = [f"{_written(key)}: {_written(values[key])}" for key in _in_order(keys)]
    return ", ".join(pairs)[:_VALUE_LIMIT]


def _written(value: object) -> str:
    if not value:
        return repr(value)
    match value:
        case set() if type(value) is set:
            return f"{{{_listed(value)}}}"
        case frozenset() if type(value) is frozenset:
            return f"frozenset({{{_listed(value)}}})"
        case dict() if type(value) is dict:
            return f"{{{_listed_of(value, value)}}}"
        case list() if type(value) is list:
            return f"[{', '.join(map(_written, value))}]"
        case tuple() if type(value) is tuple:
            return f"({', '.join(map(_written, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def _in_order(values: Iterable[object]) -> list[Any]:
    """Sort values; those that have no order among themselves by how they are written."""
    found: list[Any] = list(values)
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=repr)


def _is_long(value: object) -> bool:
    return _length(value) > _COMPARED_LIMIT


def _length(value: object) -> int:
    """Return how long the texts in a value are, roughly."""
    match value:
        case str() | bytes():
            return len(value)
        case tuple() | list():
            return len(value) + sum(map(_length, value[:100]))
        case dict():
            return len(value) + sum(map(_length, islice(value.values(), 100)))
        case set() | frozenset():
            return len(value) + sum(map(_length, islice(value, 100)))
    return 0
