"""What stands in front of the verdict: a page, a question or the list, and how far it is scrolled."""

from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.text import Text

from kata.terminal import bar, modes, typed
from kata.terminal.chooser import Chooser

Page = Callable[[Console], RenderableType]


class Front:
    """A page, a question or the list in front of the verdict, if one is open.

    ``top`` is the first line of the screen that is shown, also of the verdict; ``title`` tells pages apart.
    """

    def __init__(self) -> None:
        self.page: Page | None = None
        self.chooser: Chooser | None = None
        self.question: Callable[[], None] | None = None
        self.title = ""
        self.top = 0

    @property
    def is_open(self) -> bool:
        return self.page is not None or self.chooser is not None

    def open(self, page: Page, title: str = "") -> None:
        """Show a page in place of the verdict, until the learner goes back."""
        self.close()
        self.page, self.title = page, title

    def choose(self, chooser: Chooser) -> None:
        """Show a list to choose from."""
        self.close()
        self.chooser = chooser

    def ask(self, text: str, if_yes: Callable[[], None]) -> None:
        """Ask a question, and do something if the answer is yes."""
        self.open(lambda _: Text(text))
        self.question = if_yes

    def close(self) -> None:
        """Go back to the verdict."""
        self.page, self.chooser, self.question = None, None, None
        self.top, self.title = 0, ""

    def scroll(self, key: str) -> None:
        """Move through the text as a key says."""
        screens, lines = typed.SCROLL[key]
        self.top = max(0, self.top + screens * max(1, modes.height() - 3) + lines)

    def part_of(self, lines: list[str], room: int) -> list[str]:
        """Return the lines that are on the screen."""
        self.top = min(self.top, max(0, len(lines) - room))
        return lines[self.top : self.top + room]

    def render(self, console: Console, room: int) -> RenderableType:
        """Return what is open: of the list as many lines as there is room for, of a page all."""
        if self.chooser is not None:
            return self.chooser.render(room)
        assert self.page is not None
        return self.page(console)

    def bar(self, running: bool, more: bool, width: int) -> str:
        """Return the last line of the screen."""
        if self.question is not None:
            return bar.QUESTION
        if self.chooser is not None:
            return bar.fitted(self.chooser.bar, width)
        if self.page is not None:
            return bar.of_page(more, width)
        return bar.of_verdict(running, more, width)
