"""A mock interview in the terminal, from round to round: it can be left at any moment, and gone on with."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.rule import Rule
from rich.text import Text

from kata.course import progress
from kata.course.command import as_typed
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.practice.hunts.requests import Requests
from kata.practice.interviews import concluding, marking
from kata.practice.interviews.coding import Coding
from kata.practice.interviews.interview_report import NAMES, Report
from kata.practice.interviews.interviewing import Interview, Result
from kata.practice.interviews.rounds import CODE, QUESTION, Round
from kata.practice.talks import rehearsing
from kata.practice.talks.spoken import NotThere
from kata.terminal import coding, hunt, interview_pages, rehearse
from kata.terminal.prompt import ENTER, Left, Prompt


class Timed(Prompt):
    """A conversation that keeps, after each answer, how long the round has taken."""

    def __init__(self) -> None:
        super().__init__()
        self.keep: Callable[[], object] = lambda: None

    def choose(self, keys: Mapping[str, str], **how: Any) -> str:
        try:
            return super().choose(keys, **how)
        finally:
            self.keep()

    def line(self, ask: str) -> str:
        try:
            return super().line(ask)
        finally:
            self.keep()


def hold(root: Path, exercises: Sequence[Exercise], interview: Interview) -> Report | None:
    """Go through the rounds that are left, and show the report; None if the learner left before that.

    Raises:
        OSError: the interview cannot be kept; what was reached before is.
    """
    prompt = Timed()
    known = {exercise.id: exercise for exercise in exercises}
    try:
        prompt.show(interview_pages.opening(interview))
        if not interview.state.results:
            prompt.choose({ENTER: "begin"})
        while (round_ := interview.round) is not None:
            prompt.show(Text())
            exercise = known.get(round_.exercise)
            sitting = _Sitting(root, interview, prompt)
            result = sitting.hold(round_, exercise) if exercise else None
            interview.end_round(result or Result(0, 0, 0))
            prompt.show(interview_pages.after(round_, result))
            if interview.round is not None:
                prompt.choose({ENTER: "next round"})
    except (Left, KeyboardInterrupt):
        prompt.show(Text(as_typed(interview_pages.stopped(interview)), "dim"))
        return None
    report, said = concluding.conclude(root, interview, exercises)
    page = (interview.folder / concluding.PAGE).relative_to(root)
    prompt.show(Text(), interview_pages.report(report, page))
    if said:
        prompt.show(Text(as_typed(said), "yellow"))
    return report


def offer(unfinished: Interview) -> bool:
    """Ask whether to go on with an unfinished interview; False stands for a new one.

    Raises:
        Left: the learner wants neither.
    """
    state, prompt = unfinished.state, Prompt()
    began = datetime.fromisoformat(state.began)
    place = f"{len(state.results)} of {len(state.rounds)} rounds are done"
    said = f"An interview of {began:%B} {began.day}, {began:%H:%M} is not finished: {place}."
    prompt.show(Text(said))
    return prompt.choose({"r": "go on with it", "n": "begin a new one"}) == "r"


class _Sitting:
    """A round being held: its clock goes on from what the interview keeps."""

    def __init__(self, root: Path, interview: Interview, prompt: Timed) -> None:
        self._root = root
        self._interview = interview
        self._prompt = prompt
        self._since = time.monotonic() - interview.state.seconds
        number, total = len(interview.state.results) + 1, len(interview.state.rounds)
        self._place = f"Round {number} of {total}"

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._since)

    def hold(self, round_: Round, exercise: Exercise) -> Result | None:
        """Hold the round; None if the tree has not what it needs any more."""
        heading = f"{self._place} · {NAMES[round_.kind]} · {round_.minutes} minutes"
        self._prompt.keep = lambda: self._interview.spend(self.seconds)
        try:
            if round_.kind == QUESTION:
                return self._ask(heading, exercise)
            self._prompt.show(Rule(heading, align="left", style="dim"))
            held = self._code if round_.kind == CODE else self._hunt
            return held(round_, exercise)
        except NotThere:
            return None
        finally:
            self._prompt.keep = lambda: None

    def _ask(self, heading: str, exercise: Exercise) -> Result:
        question = rehearsing.question(exercise, self._root / "solutions")
        found = rehearse.ask(self._prompt, question, heading)
        self._note(found.note)
        said = {**found.note.data, "missed": list(found.missed), "notes": found.notes}
        total = len(question.spoken.follow_ups)
        return marking.of_question(said, self.seconds, follow_ups=total)

    def _hunt(self, round_: Round, exercise: Exercise) -> Result | None:
        cases = Requests(exercise, self._root)
        if round_.case not in cases.names:
            return None
        seed = self._interview.state.seed
        found = hunt.review(self._prompt, cases.case(round_.case), self._root, seed)
        self._note(found.note)
        return marking.of_hunt(found.note.data, self.seconds)

    def _code(self, round_: Round, exercise: Exercise) -> Result:
        return coding.solve(
            self._prompt,
            Coding(self._interview, exercise),
            exercise,
            self._root,
            since=self._since,
            minutes=round_.minutes,
        )

    def _note(self, note: Note) -> None:
        if said := progress.note(self._root, note):
            self._prompt.show(Text(as_typed(said), "yellow"))
