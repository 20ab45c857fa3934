"""A bug hunt in the terminal: a pull request, what the learner says of it, and what the tests say."""

import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from kata.course import catalog, journal, progress
from kata.course.command import as_typed
from kata.course.entries import Entry, Note
from kata.course.exercise import Exercise
from kata.practice.hunts import hunting
from kata.practice.hunts.faults import Place
from kata.practice.hunts.hunting import Judgement
from kata.practice.hunts.proof import prove
from kata.practice.hunts.requests import Case
from kata.terminal import hunt_pages, pages
from kata.terminal.prompt import ENTER, Left, Prompt

_PLACE = re.compile(r"([a-z]?) ?(\d+)")

# More than enough to choose from.
_SEEDS = 1_000_000


@dataclass(frozen=True)
class Hunted:
    """How a hunt ended, and what the journal is to keep of it."""

    case: Case
    judgement: Judgement
    note: Note


def hunt(root: Path, exercise: Exercise | None, prompt: Prompt, seed: int | None = None) -> Hunted:
    """Hold a hunt on a case of the exercise, or of any; write down how it went, and say what next.

    Raises:
        NothingToHunt: there is no case.
        Left: the learner left before it was judged; nothing is written down then.
    """
    found = ask(prompt, exercise, root, seed, warns=True)
    complaint = progress.note(root, found.note)
    prompt.show(hunt_pages.going_on(found.case))
    if complaint:
        prompt.show(Text(as_typed(complaint), "yellow"))
    return found


def ask(
    prompt: Prompt,
    exercise: Exercise | None,
    root: Path,
    seed: int | None = None,
    *,
    warns: bool = False,
) -> Hunted:
    """Show a pull request, ask what is wrong with it, and show what is; write nothing down.

    With ``warns``, the learner may turn back before much of an unsolved exercise is shown.

    Raises: as `hunt`.
    """
    if seed is None:
        seed = random.randrange(_SEEDS)
    exercises = [exercise] if exercise else catalog.find_all(root / "exercises")
    solved = progress.load(root).solved
    case = hunting.choose(exercises, root, solved, _entries(root), seed)
    if warns and case.exercise.id not in solved:
        prompt.show(
            Text(f"{case.exercise.number} is not solved yet, and a pull request shows most of it.")
        )
        prompt.choose({ENTER: "show it all the same"})
    return review(prompt, case, root, seed)


def review(prompt: Prompt, case: Case, root: Path, seed: int) -> Hunted:
    """Ask what is wrong with this case, and show what is; the seed decides the order of the causes.

    Raises:
        Left: the learner leaves before it is judged.
    """
    width = prompt.console.width
    started = time.monotonic()
    prompt.show(hunt_pages.request(case, width))
    place = _ask_for_place(case, prompt)
    cause = _ask_for_cause(case, prompt, seed) if place and not case.right else None
    seconds = time.monotonic() - started
    prompt.show(Text("\nThe tests run on it…", "dim"))
    proof = prove(case, root)
    judgement = hunting.judge(case, place, cause, proof.failure)
    prompt.show(hunt_pages.proof(case, proof, width), "")
    prompt.show(hunt_pages.verdict(case, judgement, said_nothing=place is None))
    if not case.right:
        prompt.show(hunt_pages.correction(case, width))
    return Hunted(case, judgement, hunting.note(case, judgement, seconds))


def _entries(root: Path) -> list[Entry]:
    """Return what happened; nothing if it cannot be read, which is said when the hunt is written down."""
    try:
        return journal.entries(root)
    except OSError:
        return []


def _ask_for_place(case: Case, prompt: Prompt) -> Place | None:
    """Ask for the line that is wrong; None stands for a request with nothing wrong."""
    example = f"{hunt_pages.letters(case)[0]}12"
    keys = f"A line by its number ({example}) · n nothing is wrong · t README · s again · q leave"
    while True:
        prompt.show(Text(keys, "dim"))
        line = prompt.line(">").lower()
        if line == "n":
            return None
        if line == "q":
            raise Left
        if line == "t":
            prompt.show(pages.document(case.exercise.readme))
        elif line == "s":
            prompt.show(hunt_pages.request(case, prompt.console.width))
        elif place := _place(case, line):
            return place
        else:
            prompt.show(f"There is no such line. Type the number beside a line, such as {example}.")


def _place(case: Case, line: str) -> Place | None:
    """Return the place that a number names, with the letter of the file where there are several."""
    named, letters = _PLACE.fullmatch(line), hunt_pages.letters(case)
    if not named or named[1] not in letters:
        return None
    file = case.files[letters.index(named[1])]
    return (file.name, int(named[2])) if 1 <= int(named[2]) <= len(file.lines) else None


def _ask_for_cause(case: Case, prompt: Prompt, seed: int) -> str:
    causes = case.causes(seed)
    prompt.show(hunt_pages.causes(causes))
    key = prompt.choose({str(number): "" for number in range(1, len(causes) + 1)})
    return causes[int(key) - 1]
