"""What the README shows of the project: the days, the index, and a picture of the first screen."""

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text

from kata.course import catalog, workspace
from kata.course.exercise import Exercise

DAYS = 5
COLUMNS = 80
THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": SVG_EXPORT_THEME}

_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_WHITE = "rgba(255,255,255,0.35)"
_LINK = re.compile(r"\x1b\]8;.*?\x1b\\")
_STYLE = re.compile(r"\x1b\[[\d;]*m")


class NoScreen(Exception):
    """The first screen could not be had. The message is a sentence for the author."""


def parts(root: Path) -> dict[str, str]:
    """Return what stands between the marks of the README, by their names."""
    exercises = catalog.find_all(root / "exercises")
    return {"days": _days(exercises), "index": _index(exercises, root)}


def with_parts(readme: str, parts: dict[str, str]) -> str:
    """Return the README with these parts; marks that it lacks are left out."""
    for name, text in parts.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        readme = between.sub(lambda marks, text=text: f"{marks[1]}{text}{marks[2]}", readme)  # type: ignore[misc]
    return readme


def first_screen(root: Path) -> str:
    """Return what a focused run of the untouched exercises writes on a terminal.

    Raises:
        NoScreen: there is no failure to show, or pytest cannot run.
    """
    with tempfile.TemporaryDirectory() as folder:
        for exercise in catalog.find_all(root / "exercises"):
            for name, content in workspace.shipped(exercise).items():
                file = exercise.within(Path(folder) / "exercises") / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        for name in ("conftest.py", "tox.ini"):
            (Path(folder) / name).write_bytes((root / name).read_bytes())
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--focus", "--disable-plugin-autoload"],
            cwd=folder,
            # On the path there is no command kata, as before the environment is activated.
            env=os.environ
            | {"PATH": os.defpath, "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
            | {
                "COLUMNS": str(COLUMNS),
                "LINES": "24",
                "FORCE_COLOR": "1",
                "TERM": "xterm-256color",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )
    if done.returncode != 1 or " solved" not in done.stdout:
        said = (done.stderr or done.stdout).strip() or "no output"
        raise NoScreen(f"The first screen cannot be shown: {said.splitlines()[-1]}")
    return _LINK.sub("", done.stdout)


def film(screens: Sequence[str], seconds: int) -> str:
    """Return screens one after the other as an animated SVG, each for so many seconds.

    Whoever has asked for less motion sees the first one alone.
    """
    frames = [picture(each, "dark", f"screen{n}") for n, each in enumerate(screens)]
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', frames[0])[0]
    share, length = 100 / len(frames), seconds * len(frames)
    style = (
        f".frame {{ visibility: hidden; animation: show {length}s step-end infinite }}"
        f"@keyframes show {{ 0% {{ visibility: visible }} {share:.3f}% {{ visibility: hidden }} }}"
        "@media (prefers-reduced-motion: reduce) { .frame { animation: none } "
        ".frame:first-of-type { visibility: visible } }"
    )
    shown = "".join(
        f'<g class="frame" style="animation-delay: {n * seconds}s">{frame}</g>'
        for n, frame in enumerate(frames)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return f"{head}<style>{style}</style>{shown}</svg>\n"


def picture(screen: str, theme: str, name: str = "screen") -> str:
    """Return a screen with its colors as SVG, which needs no font from elsewhere.

    In one document, pictures need names of their own.
    """
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen))
    svg = console.export_svg(title="kata", theme=THEMES[theme], unique_id=name)
    svg = _FONTS.sub("", svg)
    # The library's frame is white, and would not be seen on a white page.
    return svg if theme == "dark" else svg.replace(_WHITE, "rgba(0,0,0,0.25)")


def is_of(picture: str, screen: str) -> bool:
    """Say whether a picture shows this text; how it is drawn is the affair of the library."""
    try:
        texts = [
            each for each in ElementTree.fromstring(picture).iter() if each.tag.endswith("}text")
        ]
    except ElementTree.ParseError:
        return False
    shown = "".join(each.text or "" for each in texts if "title" not in each.get("class", ""))
    return shown.split() == _STYLE.sub("", screen).split()


def pictures(root: Path) -> dict[Path, str]:
    """Return where the picture of each theme is, with the theme."""
    return {root / "docs" / f"screen-{theme}.svg": theme for theme in THEMES}


def _days(exercises: Sequence[Exercise]) -> str:
    """Return the table of days: about the same time on each, in the order of the exercises."""
    total = sum(exercise.minutes or 0 for exercise in exercises)
    days: list[list[Exercise]] = [[] for _ in range(DAYS)]
    before = 0.0
    for exercise in exercises:
        middle = before + (exercise.minutes or 0) / 2
        days[min(DAYS - 1, int(middle * DAYS / max(total, 1)))].append(exercise)
        before += exercise.minutes or 0
    rows = [f"The core of all takes some {round(total / 60)} hours. In five days:", ""]
    rows += ["| day | exercises | time |", "|---|---|---|"]
    for number, day in enumerate(days, 1):
        minutes = sum(exercise.minutes or 0 for exercise in day)
        time = f"{minutes // 60} h {minutes % 60:02} min"
        rows.append(f"| {number} | {', '.join(_spans(day))} | {time} |")
    return "\n".join(rows) + "\n"


def _spans(day: Sequence[Exercise]) -> Iterator[str]:
    """Yield the numbers of exercises, those of a tier as one span."""
    for tier in dict.fromkeys(exercise.tier for exercise in day):
        numbers = [exercise.number for exercise in day if exercise.tier == tier]
        yield ", ".join(numbers) if len(numbers) < 3 else f"{numbers[0]} to {numbers[-1]}"


def _index(exercises: Sequence[Exercise], root: Path) -> str:
    rows = ["| | question | minutes | slug |", "|---|---|---|---|"]
    for exercise in exercises:
        file = exercise.readme.relative_to(root).as_posix()
        rows.append(
            f"| [{exercise.number}]({file}) | {exercise.title} | {exercise.minutes or ''} "
            f"| `{exercise.slug}` |"
        )
    return "\n".join(rows) + "\n"
