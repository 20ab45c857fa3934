"""What the tests of practice share: a page of HTML, read strictly."""

from html.parser import HTMLParser

import pytest

VOID = {"meta", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """What a page holds: its text, its attributes; it fails where tags do not fit."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def values(self, *names: str) -> list[str]:
        return [value for _, attrs in self.seen for name, value in attrs.items() if name in names]

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.seen}


@pytest.fixture(scope="session")
def read_page():
    """Return a function that reads a page of HTML."""
    return Page
