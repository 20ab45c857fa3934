"""Documents as one page of HTML that needs nothing from elsewhere: no script, and everything escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Return the environment of the templates here.

    Its filter ``inline`` renders a line of Markdown; HTML in it is shown as text, and links and pictures
    as what is written there.
    """
    renderer = MarkdownIt("commonmark", {"html": False}).disable(
        ["link", "image", "autolink", "reference"]
    )
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["inline"] = lambda text: Markup(renderer.renderInline(text))
    return made
