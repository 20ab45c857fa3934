"""What can be read off the texts of an exercise without running it: its files, headings, words and counts.

Each check returns the sentences that say what is wrong; none means that the rule holds.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from kata.course.exercise import Exercise

README_LINES = 60
CORE_LINES = 30
CORE_WORDS = {"easy": 300, "medium": 400, "hard": 500}
WRONG_ANSWERS = {"easy": 5, "medium": 6, "hard": 7}
RIGHT_ANSWERS = {"easy": 1, "medium": 2, "hard": 2}

_HINT_STEP = re.compile(r"^## Step (\d+)\s*$", re.MULTILINE)
_LEFT_TO_WRITE = re.compile(r"‹(.+?)›", re.DOTALL)
_ANSWER_PARTS = (
    "## In the interview",
    "## Why the reference looks as it does",
    "## Another way",
    "## The interviewer goes on",
    "**Documentation**",
)


def named(exercise: Exercise, file: Path, tree: str = "exercises") -> str:
    """Return the whole path of a file of an exercise, from the project's folder on."""
    return f"{tree}/{exercise.tier}/{exercise.id}/{file.name}"


def files(exercise: Exercise, solutions: Path, answers: Path) -> Iterator[str]:
    """Check that everything an exercise consists of is there, and that there are enough answers."""
    solution = exercise.within(solutions)
    for path in (exercise.stub, exercise.readme, exercise.hints):
        if not path.is_file():
            yield f"{named(exercise, path)} is missing."
    for path in (solution / exercise.stub.name, solution / "answer.md"):
        if not path.is_file():
            yield f"{named(exercise, path, 'solutions')} is missing."
    for kind, least in (("wrong", WRONG_ANSWERS), ("right", RIGHT_ANSWERS)):
        found = len(list((answers / exercise.id).glob(f"{kind}_*")))
        if found < least.get(exercise.tier, 1):
            article = "an" if exercise.tier[0] in "aeiou" else "a"
            needed = least.get(exercise.tier, 1)
            yield (
                f"tests/answers/{exercise.id} has {found} {kind} answers; "
                f"{article} {exercise.tier} exercise has at least {needed}."
            )


def left_to_write(exercise: Exercise, solutions: Path) -> Iterator[str]:
    """Find what `kata new` has left to write: it stands between angle quotation marks."""
    solution = exercise.within(solutions)
    for file, tree in (
        *((file, "exercises") for file in (exercise.readme, exercise.hints, exercise.stub)),
        *((solution / name, "solutions") for name in (exercise.stub.name, "answer.md")),
    ):
        text = file.read_text(encoding="utf-8")
        for found in _LEFT_TO_WRITE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{named(exercise, file, tree)}, line {line}, is still to be written: {found[1]}"


def readme(exercise: Exercise) -> Iterator[str]:
    """Check the README's length and parts, and its steps against the test classes and the hints."""
    text = exercise.readme.read_text(encoding="utf-8")
    name = named(exercise, exercise.readme)
    lines = text.splitlines() or [""]
    if len(lines) > README_LINES:
        yield f"{name} has {len(lines)} lines; at most {README_LINES}."
    if not lines[0].startswith(f"# {exercise.number} · ") or not lines[0].endswith("?"):
        yield f"{name} should start with “# {exercise.number} · ” and the question."
    for part in (
        "**Use case.**",
        "**Edit** `",
        "**Run** `kata`, `ptw`, or ",
        "**About** ",
        f"`pytest exercises/{exercise.tier}/{exercise.id}`",
        "**Out of scope**",
    ):
        if part not in text:
            yield f"{name} lacks “{part}”."
    yield from _core_size(exercise, text)
    if any(earlier.further and not later.further for earlier, later in pairwise(exercise.steps)):
        yield f"{name} has a step of the core below a further one."
    for step in exercise.further:
        if step.minutes is None:
            yield f"{name}, step {step.number}: the first line should be “**About** N minutes”."
    if [step.number for step in exercise.steps] != list(range(1, len(exercise.steps) + 1)):
        yield f"{name}: the steps are not numbered from 1."
    expected = [f"TestStep{step.number}{_camel(step.title)}" for step in exercise.steps]
    actual = list(dict.fromkeys(name.partition("::")[0] for name in exercise.tests))
    if actual != expected:
        yield f"{named(exercise, exercise.test_file)}: the classes are {actual}; the README's steps ask for {expected}."


def _core_size(exercise: Exercise, text: str) -> Iterator[str]:
    """Check that what has to be read for the core is short: all that stands above what goes further."""
    core = text.partition("\n# Going further")[0]
    lines = len(core.splitlines())
    if lines > CORE_LINES:
        yield f"{named(exercise, exercise.readme)}: the core has {lines} lines; at most {CORE_LINES}."
    words, most = len(core.split()), CORE_WORDS.get(exercise.tier, max(CORE_WORDS.values()))
    if words > most:
        yield f"{named(exercise, exercise.readme)}: the core has {words} words; in this tier at most {most}."


def hints(exercise: Exercise) -> Iterator[str]:
    """Check that each step has three hints."""
    steps = [
        int(number) for number in _HINT_STEP.findall(exercise.hints.read_text(encoding="utf-8"))
    ]
    expected = [step.number for step in exercise.steps]
    if steps != expected:
        yield f"{named(exercise, exercise.hints)} has steps {steps}; README.md has {expected}."
    for step in exercise.steps:
        if (count := len(exercise.hints_of(step.number))) != 3:
            yield f"{named(exercise, exercise.hints)}, step {step.number}: {count} hints instead of three."


def answer(exercise: Exercise, solutions: Path) -> Iterator[str]:
    """Check that the model answer has all its parts, in order."""
    file = exercise.within(solutions) / "answer.md"
    text, name = file.read_text(encoding="utf-8"), named(exercise, file, "solutions")
    places = [text.find(part) for part in _ANSWER_PARTS]
    for part, place in zip(_ANSWER_PARTS, places, strict=True):
        if place < 0:
            yield f"{name} lacks “{part}”."
    if places != sorted(places):
        yield f"{name}: the parts should come in this order: {', '.join(_ANSWER_PARTS)}."


def _camel(title: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"['’]", "", title))
    return "".join(word[:1].upper() + word[1:] for word in words)
