"""The interview that is held on the page, one at a time: its lock, its clock, and the exercise on its desk."""

import contextlib
import time
from collections.abc import Mapping
from typing import Any

from kata.course import progress
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.judge.examining import Examined
from kata.page.place import Place
from kata.page.proofs import Proofs
from kata.practice.hunts.requests import Case, Requests
from kata.practice.interviews import concluding, interviewing, marking, opening
from kata.practice.interviews.coding import DONE, TIME_UP, Coding
from kata.practice.interviews.interview_report import Report
from kata.practice.interviews.interviewing import Interview, Result
from kata.practice.interviews.rounds import CODE, HUNT, QUESTION
from kata.practice.talks import rehearsing
from kata.practice.talks.rehearsing import Question
from kata.practice.talks.spoken import NotThere


def round_at_hand(interview: Interview) -> str:
    """Return the name of the round at hand, by which a form that is sent later tells that it is another."""
    return f"{interview.id}/{len(interview.state.results)}"


class Sitting:
    """An interview being held; time passes from when a round is shown to when it ends or one stops."""

    def __init__(self, place: Place, proofs: Proofs) -> None:
        self._place = place
        self._proofs = proofs
        self._held = contextlib.ExitStack()
        self._since: float | None = None
        self._coding: Coding | None = None
        self.interview: Interview | None = None
        self.examined: Examined | None = None
        """What the latest run of the exercise at hand found."""

    def begin(self, *, seed: int | None, level: str, minutes: int) -> None:
        """Begin an interview, in place of one that is under way.

        Raises:
            NothingToAsk: the tree lacks the answers that an interview is made of.
            TimeoutError: the one under way is held in a terminal.
            OSError: the interview cannot be kept.
        """
        self.stop()
        if (unfinished := interviewing.find_unfinished(self._place.root)) is not None:
            with unfinished.taken():
                unfinished.close(interviewing.LEFT)
        root, exercises = self._place.root, self._place.exercises()
        self._take(opening.begin(root, exercises, seed=seed, level=level, minutes=minutes))

    def go_on(self) -> bool:
        """Go on with the interview under way; say whether there is one.

        Raises:
            TimeoutError: it is held in a terminal.
        """
        if self.interview is None:
            unfinished = interviewing.find_unfinished(self._place.root)
            if unfinished is not None:
                self._take(unfinished)
        return self.interview is not None

    def stop(self) -> None:
        """Keep how far the interview is, and let go of it."""
        if self.interview is not None:
            if self._since is not None:
                self.interview.spend(self.seconds)
            self._held.close()
        self.interview, self._since, self._coding = None, None, None

    @property
    def seconds(self) -> int:
        """Return how long the round at hand has taken; it begins with the first call."""
        assert self.interview is not None
        if self._since is None:
            self._since = time.monotonic() - self.interview.state.seconds
        return int(time.monotonic() - self._since)

    @property
    def exercise(self) -> Exercise | None:
        """Return the exercise of the round at hand; None where the tree has it no more."""
        assert self.interview is not None
        assert self.interview.round is not None
        known = {each.id: each for each in self._place.exercises()}
        return known.get(self.interview.round.exercise)

    def at_hand(self) -> Question | Case | Coding | None:
        """Return what the round at hand is about; a round that the tree lacks something for is passed over.

        None stands for the end.
        """
        assert self.interview is not None
        while (round_ := self.interview.round) is not None:
            exercise = self.exercise
            found: Question | Case | Coding | None = None
            if exercise is not None and round_.kind == QUESTION:
                with contextlib.suppress(NotThere):
                    found = rehearsing.question(exercise, self._place.solutions)
            elif exercise is not None and round_.kind == HUNT:
                cases = Requests(exercise, self._place.root)
                found = cases.case(round_.case) if round_.case in cases.names else None
            elif exercise is not None and round_.kind == CODE:
                if self._coding is None:
                    self._coding = Coding(self.interview, exercise, self._proofs.examine)
                found = self._coding
            if found is not None:
                return found
            self._end(Result(0, 0, 0))
        return None

    def answered(self, note: Note, follow_ups: int, more: Mapping[str, Any]) -> str | None:
        """End a question; return what is to be said if the journal could not be written."""
        said = {**note.data, **more}
        self._end(marking.of_question(said, self.seconds, follow_ups=follow_ups))
        return progress.note(self._place.root, note)

    def hunted(self, note: Note) -> str | None:
        """End a hunt; return what is to be said if the journal could not be written."""
        self._end(marking.of_hunt(note.data, self.seconds))
        return progress.note(self._place.root, note)

    def is_over(self) -> bool:
        """Say whether the time of the exercise at hand is up, or all of it is done."""
        assert self.interview is not None
        round_, coding = self.interview.round, self._coding
        assert round_ is not None
        return self.seconds >= round_.minutes * 60 or (coding is not None and coding.solved)

    def finish(self) -> None:
        """End the exercise at hand, after a last run if something was saved since."""
        coding = self._coding
        assert coding is not None
        how = DONE if coding.solved else TIME_UP if self.is_over() else DONE
        seconds = self.seconds
        if coding.saved or not coding.runs:
            coding.run(seconds)
        self._end(coding.end(seconds, how))

    def conclude(self) -> tuple[Report, str | None]:
        """Write the report, and let go of the interview."""
        assert self.interview is not None
        interview = self.interview
        found = concluding.conclude(self._place.root, interview, self._place.exercises())
        self._since = None
        self._held.close()
        self.interview, self._coding = None, None
        return found

    def _take(self, interview: Interview) -> None:
        self._held.enter_context(interview.taken())
        self.interview = interview

    def _end(self, result: Result) -> None:
        assert self.interview is not None
        self.interview.end_round(result)
        self._since, self._coding, self.examined = None, None, None
