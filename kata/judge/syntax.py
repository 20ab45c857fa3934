"""Say why a file is not Python, where Python's own words are of little help to a beginner."""

import ast
import difflib
import keyword
import re
import warnings

_MERGE = re.compile(r"(<{7}|>{7})( |$)")
_WORD = re.compile(r"[^\W\d]\w*")

# Python's own message says what to do.
_HINTS = ("Did you mean", "Maybe you meant", "Perhaps you forgot", "Missing parentheses")


def explained(error: SyntaxError, source: str) -> tuple[str, int]:
    """Return a sentence for an error in this source, and the line to look at."""
    line = error.lineno or 1
    lines = source.splitlines()
    for number, text in enumerate(lines, 1):
        if _MERGE.match(text):
            sentence = (
                "A conflict of git begins here: keep one of the two versions, and remove the lines "
                "that begin with <<<<<<<, ======= and >>>>>>>."
            )
            return sentence, number
    if isinstance(error, IndentationError):
        return ended(f"The indentation is wrong: {error.msg}"), line
    if found := _misspelt(error.msg, lines, line):
        return f"Not valid Python: `{found[0]}` is no keyword. Did you mean `{found[1]}`?", line
    return ended(f"Not valid Python: {error.msg}"), line


def ended(sentence: str) -> str:
    """End a sentence, unless Python has ended it with a question of its own."""
    return sentence if sentence.endswith("?") else f"{sentence}."


def _misspelt(message: str, lines: list[str], line: int) -> tuple[str, str] | None:
    """Find a word that is nearly a keyword, and with which the line is right once it is that keyword."""
    if line > len(lines) or (message.startswith(_HINTS) and "keyword" not in message):
        return None
    text = lines[line - 1]
    for match in _WORD.finditer(text):
        word = match[0]
        close = difflib.get_close_matches(word, keyword.kwlist, 3, 0.6)
        for meant in close if word not in keyword.kwlist else ():
            right = f"{text[: match.start()]}{meant}{text[match.end() :]}"
            if _is_right_up_to(line, [*lines[: line - 1], right, *lines[line:]]):
                return word, meant
    return None


def _is_right_up_to(line: int, lines: list[str]) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse("\n".join(lines))
    except SyntaxError as error:
        return (error.lineno or 0) > line
    except ValueError:
        return False
    return True
