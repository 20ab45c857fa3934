"""``--focus``: run one exercise up to its first failing test, and show one screen.

The core of the exercise runs; its further steps run, too, when the core was solved before. When it is
solved by that, the next unsolved one runs in the same way. Which one it is: see `kata.judge.choosing`.
"""

import io
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from kata.course import catalog, progress
from kata.course.entries import Note
from kata.course.exercise import Exercise
from kata.course.progress import Progress
from kata.course.standing import RUN
from kata.judge import choosing
from kata.judge.edited import said_of_edited
from kata.judge.outcome import Failure, Outcome
from kata.judge.ownership import argument_for, exercise_of, part_of
from kata.judge.recorder import FURTHER, Recorder

_DONE = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
_UNSOLVED = "The exercise is not solved."


class Focus:
    """The hooks that choose the exercise, keep pytest's own report quiet and show the screen."""

    def __init__(self, config: pytest.Config, recorder: Recorder) -> None:
        self._root = config.rootpath
        self._against = config.getoption("against")
        self._recorder = recorder
        # What it found is written together with where the learner is.
        recorder.saves_itself = False
        self._all = catalog.find_all(self._root / "exercises")
        self._candidates = choosing.named(config, self._all)
        if not self._candidates:
            raise pytest.UsageError("--focus: there is no exercise below the given path.")
        self._at = config.getoption("at")
        self._progress = progress.load(self._root)
        self._look(None)
        self._chosen = self._choose()
        self._further = self._solved_before()
        self._given = self._look_at_given()
        self._passed: Counter[str] = Counter()
        self._unable: str | None = None
        self._not_run: dict[str, list[str]] = {}
        self._failure: Failure | None = None
        self._shown = False
        config.args = [argument_for(f, config) for e in self._chosen for f in self._files(e)]
        config.option.maxfail = 1
        self._output = io.StringIO()
        standard = config.pluginmanager.getplugin("terminalreporter")
        config.pluginmanager.unregister(standard)
        quiet = TerminalReporter(config, self._output)
        config.pluginmanager.register(quiet, "terminalreporter")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Leave the further steps of an exercise out until its core is solved.

        Where nothing is left of the first exercise, there is nothing to go on from, either.
        """
        left_out = [
            item
            for item in items
            if part_of(item) == FURTHER
            and (exercise := exercise_of(item)) is not None
            and exercise.id not in self._further
        ]
        if left_out:
            session.config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
        if not any(exercise_of(item) == self._chosen[0] for item in items):
            items[:] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Go on to the next exercise only when this one is solved: no failure is not enough."""
        result = yield
        exercise = exercise_of(item)
        goes_on = nextitem is not None and exercise_of(nextitem) != exercise
        if goes_on and exercise is not None and exercise.id not in self._recorder.solved():
            item.session.shouldfail = _UNSOLVED
        return result

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            self._unable = report.longrepr[2].removeprefix("Skipped: ")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        exercise = report.kata["exercise"]
        if self._against:  # Nothing is recorded then, but it is counted all the same.
            self._recorder.pytest_runtest_logreport(report)
        if report.skipped:
            self._not_run.setdefault(exercise, []).append(report.nodeid.split("::", 2)[-1])
        if report.failed and self._failure is None:
            self._failure = Failure.of(report, self._passed[exercise])
        elif report.passed and report.when == "call":
            self._passed[exercise] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        failed = exitstatus == pytest.ExitCode.TESTS_FAILED and self._failure is not None
        if not failed and exitstatus not in _DONE and session.shouldfail != _UNSOLVED:
            if not self._against:
                self._recorder.save()
            return  # Such as a test file that cannot be read: pytest's own words say why.
        unsolved = None if failed else self._unsolved()
        if unsolved is not None:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        said = self._why_unsolved(unsolved) if unsolved else None
        if self._against:  # Other code says nothing of the learner's way.
            self._note_in(state := progress.load(self._root))
            if not failed and not unsolved:
                names = " and ".join(exercise.number for exercise in self._chosen)
                said = f"Every test of {names} passes on {self._against}."
        else:
            state = progress.update(self._root, self._note_in, self._happened())
        solved_now = self._recorder.solved() - {self._failure.exercise if self._failure else None}
        mastered_now = self._recorder.mastered(state.solved) & self._further
        messages = [self._recorder.message, state.message, *said_of_edited(session.config), said]
        self._shown = True
        outcome = Outcome(
            solved=tuple(sorted(state.solved)),
            solved_now=tuple(e.id for e in self._chosen if e.id in solved_now),
            mastered=tuple(sorted(state.stars(self._all))),
            mastered_now=tuple(e.id for e in self._chosen if e.id in mastered_now),
            failure=self._failure,
            messages=tuple(dict.fromkeys(filter(None, messages))),
            states={exercise.id: self._seen[exercise.id] for exercise in self._chosen},
        )
        session.config.hook.pytest_kata_outcome(config=session.config, outcome=outcome)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        if not self._shown:  # Only now is pytest's own summary complete.
            said = tuple(filter(None, [self._recorder.message or self._progress.message]))
            outcome = Outcome(pytest_output=self._output.getvalue(), messages=said)
            config.hook.pytest_kata_outcome(config=config, outcome=outcome)

    def _unsolved(self) -> Exercise | None:
        """Return the first exercise of the run that it did not find solved, if there is one."""
        solved = self._recorder.solved()
        return next((exercise for exercise in self._chosen if exercise.id not in solved), None)

    def _why_unsolved(self, exercise: Exercise) -> str:
        """Say in one sentence why an exercise without a failure is not solved."""
        if self._unable is not None:
            return self._unable
        not_run = self._not_run.get(exercise.id, [])
        if not_run:
            others = f" and {len(not_run) - 1} more" if len(not_run) > 1 else ""
            what = f"{not_run[0]}{others} did not run to the end (skipped, or expected to fail)"
        elif self._passed[exercise.id]:
            what = "some of its tests were left out of this run"
        else:
            what = (
                f"none of its tests ran; they stand in {exercise.test_file.relative_to(self._root)}"
            )
        return f"{exercise.number} is not solved: no test failed, but {what}."

    def _files(self, exercise: Exercise) -> list[Path]:
        return exercise.test_files if exercise.id in self._further else [exercise.test_file]

    def _note_in(self, state: Progress) -> None:
        """Note what this run showed, and where the learner is now."""
        self._recorder.note_in(state)
        state.seen = self._seen
        state.current = (self._failed() or self._unsolved() or self._chosen[-1]).id

    def _happened(self) -> list[Note]:
        """Say what was tried: the exercise that fails, at which step, and how many of its tests passed."""
        exercise, failure = self._failed(), self._failure
        if exercise is None or failure is None:
            return []
        step = exercise.step_of(failure.test_class)
        place = {"step": step.number} if step else {}
        return [Note(RUN, exercise.id, {**place, "passed": failure.passed, "total": failure.total})]

    def _failed(self) -> Exercise | None:
        failure = self._failure
        return next((e for e in self._chosen if failure and e.id == failure.exercise), None)

    def is_still_right(self, changed: frozenset[str] | None) -> bool:
        """Look again, some time after the tests were collected, and say whether they are still the ones to run.

        ``changed`` has the ids of the exercises with saves since the previous run; None if that is not
        known.
        """
        self._progress = progress.load(self._root)
        self._look(changed)
        now = (
            choosing.chosen(self._candidates, self._progress, self._seen, self._at),
            self._solved_before(),
            self._look_at_given(),
        )
        return now == (self._chosen, self._further, self._given)

    def _look(self, changed: frozenset[str] | None) -> None:
        """Note the states of all exercises; of those that are known not to have changed, as they were."""
        seen = self._progress.seen
        self._seen = {
            exercise.id: exercise.state()
            if changed is None or exercise.id in changed or exercise.id not in seen
            else seen[exercise.id]
            for exercise in self._all
        }

    def _look_at_given(self) -> dict[Path, tuple[int, int]]:
        """Return what is collected or shown of the exercises: when it was written, and its size."""
        files = [f for e in self._chosen for f in (*e.test_files, e.readme) if f.is_file()]
        return {file: (file.stat().st_mtime_ns, file.stat().st_size) for file in files}

    def _choose(self) -> list[Exercise]:
        return choosing.chosen(self._candidates, self._progress, self._seen, self._at)

    def _solved_before(self) -> set[str]:
        return {e.id for e in self._chosen if e.id in self._progress.done}
