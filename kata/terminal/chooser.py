"""The list of exercises to choose from: move, search, filter, open."""

import re
from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from kata.course.catalog import TIERS
from kata.course.exercise import Exercise
from kata.course.progress import Progress
from kata.terminal import pages, typed

BAR = "↑↓ move · Enter open · / search · t tier · s state · Esc back · q quit"
_SEARCHING = "type to search · Enter done · Esc no search"

_STEP = re.compile(r"^## Step \d+")  # Whoever looks for a number means that of an exercise.

_STATES: dict[str, Callable[[Exercise, Progress, set[str]], bool]] = {
    "all": lambda *_: True,
    "unsolved": lambda exercise, state, _: exercise.id not in state.solved,
    "solved": lambda exercise, state, _: exercise.id in state.solved,
    "without ★": lambda exercise, _, stars: exercise.id not in stars,
}


class Chooser:
    """The list on the screen, and what each key does to it; ``opened`` is called with the choice."""

    def __init__(
        self,
        exercises: Sequence[Exercise],
        state: Progress,
        current: Exercise,
        opened: Callable[[Exercise], None],
    ) -> None:
        self._exercises = list(exercises)
        self._state = state
        self._stars = state.stars(exercises)
        self._chosen = current
        self._current = current
        self._opened = opened
        self._tier: str | None = None
        self._kind = "all"
        self._search = ""
        self._searching = False
        self._texts: dict[Exercise, str] = {}

    @property
    def bar(self) -> str:
        return _SEARCHING if self._searching else BAR

    def press(self, key: str) -> bool:
        """Do what a key says; return whether it meant anything here."""
        if self._searching:
            return self._type(key)
        rows = self._rows()
        at = rows.index(self._chosen) if self._chosen in rows else 0
        match key:
            case typed.UP | "k":
                at -= 1
            case typed.DOWN | "j":
                at += 1
            case typed.PAGE_UP:
                at -= 10
            case typed.PAGE_DOWN | " ":
                at += 10
            case typed.HOME:
                at = 0
            case typed.END:
                at = len(rows)
            case typed.ENTER:
                if rows:
                    self._opened(rows[at])
                return True
            case "/":
                self._searching, self._search = True, ""
                return True
            case "t":
                tiers = [None, *TIERS]
                self._tier = tiers[(tiers.index(self._tier) + 1) % len(tiers)]
                return True
            case "s":
                kinds = list(_STATES)
                self._kind = kinds[(kinds.index(self._kind) + 1) % len(kinds)]
                return True
            case _:
                return False
        if rows:
            self._chosen = rows[min(max(at, 0), len(rows) - 1)]
        return True

    def render(self, room: int) -> RenderableType:
        """Return as many lines as there is room for, that of the choice among them."""
        rows = self._rows()
        if self._chosen not in rows and rows:
            self._chosen = rows[0]
        room = max(1, room - 2)
        at = rows.index(self._chosen) if rows else 0
        first = max(0, min(at - room // 2, len(rows) - room))
        lines = pages.rows(rows, self._state, self._stars, self._current)
        if lines:
            arrow = Text("▸", no_wrap=True, overflow="ellipsis")
            lines[at] = arrow.append_text(lines[at][1:])
            lines[at].stylize("reverse")
        lines = lines[first : first + room]
        found = f"{len(rows)} of {len(self._exercises)} exercises"
        cursor = "█" if self._searching else ""
        search = f" · search: {self._search}{cursor}" if self._search or self._searching else ""
        head = f"{found} · tier: {self._tier or 'all'} · state: {self._kind}{search}"
        done = pages.counted(self._exercises, self._state, self._stars)
        return Group(Text(head, "dim", no_wrap=True, overflow="ellipsis"), *lines, done)

    def _type(self, key: str) -> bool:
        match key:
            case typed.ENTER:
                self._searching = False
            case typed.ESCAPE:
                self._searching, self._search = False, ""
            case typed.BACKSPACE:
                self._search = self._search[:-1]
            case letter if len(letter) == 1 and letter.isprintable():
                self._search += letter
        return True

    def _rows(self) -> list[Exercise]:
        words = self._search.lower().split()
        return [
            each
            for each in self._exercises
            if (self._tier is None or each.tier == self._tier)
            and _STATES[self._kind](each, self._state, self._stars)
            and all(word in self._words_of(each) for word in words)
        ]

    def _words_of(self, exercise: Exercise) -> str:
        """Return what a search looks in: the names, the use case and the headings."""
        if exercise not in self._texts:
            lines = exercise.text.splitlines()
            heads = [line for line in lines if line.startswith(("#", "**Use case"))]
            said = [_STEP.sub("", line) for line in heads]
            self._texts[exercise] = " ".join([exercise.id, *said]).lower()
        return self._texts[exercise]
