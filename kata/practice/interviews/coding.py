"""An exercise of an interview, solved from the stub: its desk, its runs, and how far they got.

Nothing here waits; whoever does tells the seconds that the round has taken.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kata.course import reading
from kata.course.exercise import Exercise
from kata.judge import examining, warming
from kata.judge.examining import Examined
from kata.practice.interviews import desk, marking
from kata.practice.interviews.interviewing import Interview, Result
from kata.practice.interviews.marking import StepReached
from kata.practice.interviews.rounds import stated

_NOT_HERE = re.compile(r"^\*\*Edit\*\* .*?\n\n|^# Going further.*\Z", re.MULTILINE | re.DOTALL)

DONE, TIME_UP = "done", "time"

# Of each file, so much is kept in the report, in bytes.
_LIMIT = 20_000


class Coding:
    """A coding round. It goes on from what the interview keeps of it."""

    def __init__(
        self,
        interview: Interview,
        exercise: Exercise,
        examine: Callable[[Exercise, Path], Examined] = examining.examine,
    ) -> None:
        """Lay out the desk; ``examine`` runs the tests.

        Raises:
            OSError: that could not be done.
        """
        self._interview = interview
        self._exercise = exercise
        self._examine = examine
        self.desk = desk.lay_out(exercise, interview.folder)
        kept = interview.state.reached
        self.steps = list(_steps(kept))
        self.runs = int(kept.get("runs", 0))
        self._look = self.desk.look()
        self._seen = str(kept.get("seen", "")) or self._state()

    @property
    def task(self) -> str:
        """Return what the README asks for in the core; how to run it, and what goes further, is left out."""
        try:
            text = reading.content(self.desk.readme).decode(errors="replace")
        except OSError as error:
            return f"README.md cannot be read ({error.strerror})."
        return _NOT_HERE.sub("", text)

    @property
    def saved(self) -> bool:
        """Say whether a file was saved since the last run, or since the desk was laid out."""
        return self._state() != self._seen

    @property
    def solved(self) -> bool:
        return bool(self.steps) and all(step.passed == step.total for step in self.steps)

    def run(self, seconds: float) -> Examined:
        """Run the tests, and keep how far they got; ``seconds`` is when that is.

        Where they could not be run, what was reached before stays.

        Raises:
            KeyboardInterrupt: the run was interrupted.
            OSError: that could not be kept.
        """
        if not self.runs:
            warming.import_for([self._exercise], self._exercise.folder.parents[2])
        self._seen = self._state()
        found = self._examine(self._exercise, self.desk.folder)
        self.runs += 1
        if found.total:
            before = {step.number: step.done_at for step in self.steps}
            self.steps = [
                replace(step, done_at=before.get(step.number) or int(seconds))
                if step.passed == step.total
                else step
                for step in marking.steps_reached(self._exercise, found)
            ]
        self._interview.spend(seconds, self._kept())
        return found

    def keep(self, seconds: float) -> None:
        """Keep how long the round has taken so far."""
        self._interview.spend(seconds)

    def end(self, seconds: float, how: str) -> Result:
        """Return the result: of the last run, after the last save."""
        return marking.of_code(
            self.steps,
            int(seconds),
            stated=stated(self._exercise),
            runs=self.runs,
            ended=how,
            files=self._files(),
        )

    def _state(self) -> str:
        return self.desk.state(self._look.digests())

    def _kept(self) -> Mapping[str, Any]:
        steps = [vars(step) for step in self.steps]
        return {"steps": steps, "runs": self.runs, "seen": self._seen}

    def _files(self) -> dict[str, str]:
        """Return the files to edit as they are now, by their names."""
        found = {}
        for file in self.desk.files_to_edit:
            try:
                text = reading.content(file, _LIMIT + 1).decode(errors="replace")
            except OSError:
                continue
            cut = "\n…" if len(text) > _LIMIT else ""
            found[file.relative_to(self.desk.folder).as_posix()] = text[:_LIMIT] + cut
        return found


def _steps(kept: Mapping[str, Any]) -> Iterator[StepReached]:
    for step in kept.get("steps", ()):
        yield StepReached(**step)
