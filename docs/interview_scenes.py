"""A mock interview, played for the record."""

import re

from desk import Desk, Scenes
from recording import with_functions

from kata.practice.hunts.requests import Requests
from kata.practice.interviews import interviewing as interviews


def interviewing(desk: Desk) -> Scenes:
    """Hold an interview, with a break after the first question."""
    terminal = desk.terminal
    desk.start("interview --seed 8 --level junior --minutes 25")
    yield (
        "## A mock interview\n\n### `kata interview`: what is to come",
        terminal.screen("Enter begin"),
    )
    terminal.press("Enter")
    _answer(desk, "1-4", seconds=43)
    yield "### A question is over", terminal.screen("points, in", "next round")
    terminal.press("q")
    terminal.screen("To go on:")
    desk.start("interview")
    yield "### Left, and gone on with", terminal.screen("is not finished", "go on with it")
    terminal.press("r")
    yield "### The rounds that are left", terminal.screen("show the answer")
    _answer(desk, "1 3", seconds=50)
    terminal.screen("points, in", "next round")

    (held,) = [each for each in interviews.find_all(desk.root) if each.round]
    case = Requests(desk.exercise(held.state.rounds[2].exercise), desk.root).case(
        held.state.rounds[2].case
    )
    terminal.press("Enter")
    yield "### A bug hunt: the end of the pull request", terminal.screen("nothing is wrong")
    desk.name_the_line(case)
    desk.name_the_cause(case, held.state.seed)
    terminal.screen("points, in", "next round")

    exercise = desk.exercise(held.state.rounds[3].exercise)
    terminal.press("Enter")
    yield (
        "### An exercise, in a folder of its own",
        terminal.screen("The tests run at every save", "run the tests"),
    )
    stub = exercise.within(held.folder / "exercises") / exercise.stub.name
    solution = (exercise.within(desk.root / "solutions") / exercise.stub.name).read_text()
    first, *_ = re.findall(r"^def (\w+)", solution, re.MULTILINE)
    desk.pass_time(260)
    stub.write_text(with_functions(stub.read_text(), solution, first), encoding="utf-8")
    yield (
        "### A save: how far each step is, and what fails",
        terminal.screen("✗  Step", "run the tests"),
    )
    desk.pass_time(190)
    stub.write_text(solution, encoding="utf-8")
    yield "### The report", terminal.at_the_end("Once more:")
    desk.start("interview --history")
    yield (
        "### `kata interview --history`: the way of all of them",
        terminal.at_the_end("The last report"),
    )


def _answer(desk: Desk, said: str, seconds: int) -> None:
    """Answer a question of the interview, with its follow-ups."""
    terminal = desk.terminal
    terminal.screen("show the answer")
    desk.pass_time(seconds)
    terminal.press("Enter")
    terminal.screen("Which did you say?")
    terminal.enter(said)
    for number in (1, 2, 3):
        terminal.screen(f"goes on · {number}", "show the answer")
        desk.pass_time(20)
        terminal.press("Enter")
        terminal.screen(f"goes on · {number}", "I had that")
        terminal.press("y" if number < 3 else "n")
    terminal.screen("goes on · 4", "show the answer")
    terminal.press("s")
    terminal.screen("How well did it go?", "as suggested")
    terminal.press("g")
