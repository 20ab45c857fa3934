"""Markdown and code as HTML: texts of the project, and whatever a learner wrote, escaped."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

# Colors come from the style sheet, for light and for dark: an element has no style of its own.
_FORMATTER = HtmlFormatter(nowrap=True)


@dataclass(frozen=True)
class Row:
    """A line of two files side by side, each highlighted; ``same`` says that the two are equal."""

    left_number: int | None
    left: Markup
    right_number: int | None
    right: Markup
    same: bool


def code(text: str, language: str = "python") -> Markup:
    """Return code with its words marked for colors."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    return Markup(highlight(text, lexer, _FORMATTER))


def markdown(text: str, *, level: int = 2) -> Markup:
    """Return a text of the project as HTML; its first heading has this level. HTML in it is text."""
    made = _renderer().parse(text)
    for token in made:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + level - 1)}"
    return Markup(_renderer().renderer.render(made, _renderer().options, {}))


def inline(text: str) -> Markup:
    """Return a line of Markdown, such as a title, as HTML without a paragraph around it."""
    return Markup(_renderer().renderInline(text))


@lru_cache
def _renderer() -> MarkdownIt:
    def highlighted(text: str, language: str, _attributes: str) -> str:
        return f"<pre><code>{code(text, language or 'text')}</code></pre>"

    return MarkdownIt("commonmark", {"html": False, "highlight": highlighted}).enable("table")


def side_by_side(left: str, right: str) -> Iterator[Row]:
    """Yield the rows of two files, what is equal beside each other."""
    lefts, rights = _lines(left), _lines(right)
    matcher = difflib.SequenceMatcher(None, left.splitlines(), right.splitlines(), autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        for i in range(max(b - a, d - c)):
            has_left, has_right = a + i < b, c + i < d
            yield Row(
                a + i + 1 if has_left else None,
                lefts[a + i] if has_left else Markup(""),
                c + i + 1 if has_right else None,
                rights[c + i] if has_right else Markup(""),
                tag == "equal",
            )


def _lines(text: str) -> list[Markup]:
    """Return each line highlighted; a string over several lines is marked in each of them."""
    marked = [Markup(line) for line in str(code(text)).splitlines()]
    plain = text.splitlines()
    if len(marked) != len(plain):  # The last line end was added: an empty text has no line.
        return [escape(line) for line in plain]
    # Where a mark spans lines, a line alone would be no HTML: then it goes without colors.
    return [
        line if str(line).count("<span") == str(line).count("</span>") else escape(text)
        for line, text in zip(marked, plain, strict=True)
    ]
