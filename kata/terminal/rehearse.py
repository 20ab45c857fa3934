"""A rehearsal in the terminal: the question and a clock, the points to tick, the follow-ups, the rating."""

import re
import time
from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from kata.course.command import as_typed
from kata.practice.talks.rehearsing import Question, Rehearsal, Result
from kata.practice.terms import RATINGS, clock
from kata.terminal.pages import markdown
from kata.terminal.prompt import ENTER, Left, Prompt

_KEYS = {rating[0]: rating for rating in RATINGS}
_COUNTED = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?")

# How many points and follow-ups of a question the summary names.
_NAMED = 3


def rehearse(
    prompt: Prompt, questions: Sequence[Question], keep: Callable[[Result], str | None]
) -> list[Result]:
    """Go through the questions, and show what came of it; return the results of those that were rated.

    ``keep`` is called with each result as soon as there is one, and returns what is to be said of that.
    The learner may leave at any time.
    """
    results: list[Result] = []
    try:
        for number, question in enumerate(questions, 1):
            results.append(ask(prompt, question, f"Rehearse · {number} of {len(questions)}"))
            if said := keep(results[-1]):
                prompt.show(Text(as_typed(said), "yellow"))
    except Left:
        kept = "; what you have rated is kept." if results else "; nothing was rated yet."
        prompt.show(Text(f"Left at question {len(results) + 1} of {len(questions)}{kept}", "dim"))
    if results:
        prompt.show(summary(results))
    return results


def ask(prompt: Prompt, question: Question, heading: str) -> Result:
    """Rehearse one question, below a heading.

    Raises:
        Left: the learner leaves before it is rated.
    """
    rehearsal = Rehearsal(question)
    prompt.show(_asked(question, heading))
    _answer(prompt, rehearsal)
    _tick(prompt, rehearsal)
    _follow_up(prompt, rehearsal)
    return _rate(prompt, rehearsal)


def summary(results: Sequence[Result]) -> RenderableType:
    """Return how the rehearsed questions went, what is worth another look, and the next command."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("", "points", "follow-ups", "time", "your word"):
        table.add_column(name)
    for each in results:
        took, meant = clock(each.seconds), clock(each.question.spoken.seconds)
        table.add_row(
            Text(each.question.exercise.number, "bold"),
            f"{each.ticked} of {each.points}",
            f"{each.had} of {each.asked}" if each.asked else "none",
            f"{took} of {meant}",
            each.rating,
        )
    parts: list[RenderableType] = [Rule("What you rehearsed", align="left", style="dim"), table]
    look = [each for each in results if each.missed or each.open_]
    if look:
        parts += [Text(), Text("Worth another look", "bold")]
        parts += map(_worth_another_look, look)
    weakest = min(results, key=lambda each: (RATINGS.index(each.rating), each.ticked / each.points))
    number = weakest.question.exercise.number
    again = f"kata rehearse {number}" if weakest.rating in ("again", "hard") else "kata rehearse"
    parts += [Text(), Text(as_typed(f"Next: {again}\nTo read all answers: kata cheatsheet"))]
    return Group(*parts)


def _asked(question: Question, heading: str) -> RenderableType:
    seconds = question.spoken.seconds
    use_case = markdown(question.use_case)
    return Group(
        Rule(heading, align="left", style="dim"),
        markdown(f"**{question.exercise.number} · {question.exercise.title}**"),
        *((Text(), use_case) if question.use_case else ()),
        Text(),
        Text(
            f"Answer aloud, as in the interview. The model answer takes about {clock(seconds)} to say.",
            "dim",
        ),
    )


def _answer(prompt: Prompt, rehearsal: Rehearsal) -> None:
    """Wait until the learner has answered; notes may be typed first."""
    since = time.monotonic()
    keys = {ENTER: "show the answer", "n": "type notes"}
    minutes = rehearsal.question.spoken.seconds / 60
    while prompt.choose(keys, since=since, minutes=minutes) == "n":
        notes = prompt.text("Your notes; an empty line ends them.")
        rehearsal.notes = "\n".join(filter(None, [rehearsal.notes, notes]))
    rehearsal.answer(time.monotonic() - since)


def _tick(prompt: Prompt, rehearsal: Rehearsal) -> None:
    """Show the points of the model answer, and ask which were said."""
    points = rehearsal.question.spoken.points
    prompt.show(
        Text("The points of the model answer", "bold"),
        markdown("\n".join(f"{number}. {point}" for number, point in enumerate(points, 1))),
    )
    if rehearsal.notes:
        notes = Padding(Text(rehearsal.notes), (0, 0, 0, 2))
        prompt.show(Text(), Text("Your notes", "bold"), notes)
    prompt.show(
        Text(),
        Text(
            "Which did you say? Numbers such as 1 3-5, or all; Enter for none; q to leave.",
            "dim",
        ),
    )
    while True:
        try:
            rehearsal.tick(_numbers(_line(prompt), len(points)))
            break
        except ValueError as wrong:
            prompt.show(Text(str(wrong)))
    missed = ", ".join(map(str, rehearsal.missed))
    said = f"{rehearsal.ticked} of {len(points)} points."
    missing = f"Not said: {missed}." if missed else "Nothing is missing."
    prompt.show(Text(f"{said} {missing}"), Text())


def _follow_up(prompt: Prompt, rehearsal: Rehearsal) -> None:
    """Ask the follow-ups one by one, as far as the learner wants to go on."""
    total = len(rehearsal.question.spoken.follow_ups)
    number = 0
    while (current := rehearsal.next_follow_up) is not None:
        number += 1
        prompt.show(
            Rule(f"The interviewer goes on · {number} of {total}", align="left", style="dim"),
            markdown(f"**{current.question}**"),
        )
        if prompt.choose({ENTER: "show the answer", "s": "skip the rest"}) == "s":
            return
        prompt.show(markdown(current.answer))
        keys = {"y": "I had that", "n": "not yet"}
        rehearsal.follow_up(prompt.choose(keys) == "y")


def _rate(prompt: Prompt, rehearsal: Rehearsal) -> Result:
    """Ask how it went; what the points suggest is marked as such."""
    points = len(rehearsal.question.spoken.points)
    suggested = rehearsal.suggestion
    prompt.show(
        Rule(style="dim"),
        Text(
            f"How well did it go? {rehearsal.ticked} of {points} points suggest: {suggested}.",
            "bold",
        ),
    )
    key = prompt.choose({**_KEYS, ENTER: "as suggested"})
    rating = _KEYS.get(key, suggested)
    prompt.show(Text(f"{rehearsal.question.exercise.number} is rated: {rating}.", "dim"), Text())
    return rehearsal.rate(rating)


def _worth_another_look(result: Result) -> RenderableType:
    texts = [*result.missed, *(each.question for each in result.open_)]
    lines = [
        Text(f"  {text}", no_wrap=True, overflow="ellipsis") for text in map(_bare, texts[:_NAMED])
    ]
    if len(texts) > _NAMED:
        lines.append(Text(f"  and {len(texts) - _NAMED} more", "dim"))
    return Group(
        Text(f"{result.question.exercise.number} · {_bare(result.question.exercise.title)}"), *lines
    )


def _line(prompt: Prompt) -> str:
    line = prompt.line(">")
    if line.lower() == "q":
        raise Left
    return line


def _numbers(line: str, count: int) -> list[int]:
    """Return the numbers that a line names.

    Raises:
        ValueError: it has something else; the message is a sentence for the learner.
    """
    words = line.replace(",", " ").strip().lower()
    if words == "all":
        return list(range(1, count + 1))
    if not re.fullmatch(r"[\d\s-]*", words) or "-" in _COUNTED.sub("", words):
        raise ValueError(
            f"“{line}” is not understood. Type numbers, such as 1 3-5, all, or nothing."
        )
    found: list[int] = []
    for first, last in _COUNTED.findall(words):
        found += range(int(first), int(last or first) + 1)
    return found


def _bare(markdown: str) -> str:
    """Return a text of Markdown without its marks, for a line that is cut."""
    return re.sub(r"[`*]", "", markdown)
