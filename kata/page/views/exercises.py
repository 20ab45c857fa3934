"""The exercises: the task, the verdict, hints, and what the learner's code is compared with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from kata.course import backups, progress, workspace
from kata.course.command import as_typed
from kata.course.exercise import Exercise, Step
from kata.page import rendering
from kata.page.live import Live
from kata.page.place import Place
from kata.practice.hunts.alternatives import difference

_HEADING = re.compile(r"^(?=##? )", re.MULTILINE)
_STEP = re.compile(r"## Step (\d+):")

TABS = {"verdict": "Verdict", "difference": "Difference", "answer": "Answer", "others": "Others"}


@dataclass(frozen=True)
class Part:
    """A part of a README, rendered; that of a step has it."""

    html: Markup
    step: Step | None


def make_exercises(place: Place, live: Live) -> Blueprint:
    """Return the blueprint of the exercises below ``place``, with verdicts from ``live``."""
    exercises = Blueprint("exercises", __name__)

    @exercises.get("/")
    def at_hand() -> Response:
        state = progress.load(place.root)
        known = place.exercises()
        if not known:
            abort(404, "There are no exercises here.")
        unsolved = [each for each in known if each.id not in state.done]
        current = [each for each in known if each.id == state.current]
        first = [*(each for each in current if each in unsolved), *unsolved, *current, *known][0]
        return redirect(url_for(".show", number=first.number))

    @exercises.get("/exercises/<number>/", defaults={"tab": "verdict"})
    @exercises.get("/exercises/<number>/<any(difference, answer, others):tab>")
    def show(number: str, tab: str) -> str:
        exercise = place.exercise(number)
        live.want(exercise)
        state = progress.load(place.root)
        ask = tab != "verdict" and exercise.id not in state.solved and "anyway" not in request.args
        return render_template(
            "exercise.html",
            tab=tab,
            tabs=TABS,
            ask=ask,
            shown=live.of(exercise),
            content=None if ask else _content(place, exercise, tab, state.solved),
            **_task(place, exercise, state),
        )

    @exercises.get("/exercises/<number>/task")
    def task(number: str) -> str:
        return render_template(
            "task.html", **_task(place, place.exercise(number), progress.load(place.root))
        )

    @exercises.get("/exercises/<number>/now")
    def verdict(number: str) -> str:
        exercise = place.exercise(number)
        live.want(exercise)
        return render_template(
            "verdict.html", exercise=exercise, shown=live.of(exercise), fault=live.fault
        )

    @exercises.get("/exercises/list")
    def list_all() -> str:
        return render_template("list.html")

    @exercises.post("/exercises/<number>/hint")
    def hint(number: str) -> Response:
        exercise = place.exercise(number)
        step = progress.load(place.root).step_at(exercise)
        if step is None or not exercise.hints_of(step.number):
            abort(404, f"{exercise.number} has no hints here.")
        now = progress.update(place.root, lambda state: state.show_hints(exercise, step))
        _say(now.message)
        return redirect(url_for(".show", number=exercise.number, _anchor="hints"))

    @exercises.post("/exercises/<number>/run")
    def run(number: str) -> Response:
        exercise = place.exercise(number)
        live.want(exercise, again=True)
        return redirect(url_for(".show", number=exercise.number))

    @exercises.post("/exercises/<number>/<any(reset, undo):what>")
    def change(number: str, what: str) -> Response:
        exercise = place.exercise(number)
        try:
            done = (backups.reset if what == "reset" else backups.undo)(exercise, place.root)
        except backups.NothingToDo as reason:
            _say(str(reason))
        except OSError as error:
            _say(
                f"{exercise.number} could not be changed ({error.strerror}); nothing of yours is lost."
            )
        else:
            for line in done.told(place.root):
                _say(line)
            _say(f"What was there is stored in {done.backup.relative_to(place.root)}.")
        return redirect(url_for(".show", number=exercise.number))

    return exercises


def _task(place: Place, exercise: Exercise, state: progress.Progress) -> dict[str, object]:
    """Return what the task shows: the text in its parts, the step at hand, its hints, and what is beside it."""
    known = place.exercises()
    at = known.index(exercise)
    return {
        "exercise": exercise,
        "parts": list(_parts(exercise)),
        "step": state.step_at(exercise),
        "state": state,
        "hints": _hints(exercise, state),
        "previous": known[at - 1] if at else None,
        "next": known[at + 1] if at + 1 < len(known) else None,
    }


def _say(message: str | None) -> None:
    if message:
        flash(as_typed(message))


def _hints(exercise: Exercise, state: progress.Progress) -> tuple[list[str], int]:
    """Return the hints that were shown for the step at hand, and how many more there are."""
    step = state.step_at(exercise)
    known = exercise.hints_of(step.number) if step else ()
    shown = state.hints_shown(exercise, step) if step else 0
    return list(known[:shown]), len(known) - shown


def _parts(exercise: Exercise) -> Iterator[Part]:
    """Yield the README in parts: what stands above the steps, each step, and what stands between."""
    steps = {step.number: step for step in exercise.steps}
    # The page has the question for its heading.
    text = _read(exercise.readme).partition("\n")[2]
    for piece in _HEADING.split(text):
        if piece.strip():
            heading = _STEP.match(piece)
            yield Part(rendering.markdown(piece), steps.get(int(heading[1])) if heading else None)


def _content(place: Place, exercise: Exercise, tab: str, solved: set[str]) -> object:
    """Return what a tab shows: None where the project has no such thing."""
    if tab == "verdict" or not workspace.has_solution(exercise, place.solutions):
        return None
    if tab == "answer":
        text = _read(exercise.within(place.solutions) / "answer.md").partition("\n")[2]
        return rendering.markdown(text, level=2)
    if tab == "difference":
        return [
            (mine.name, list(rendering.side_by_side(_read(mine), _read(theirs))))
            for mine, theirs in workspace.pairs(exercise, place.solutions)
        ]
    return [
        (difference(answer), rendering.code(_read(answer)))
        for answer in place.right_answers(exercise)
    ]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"{file.name} cannot be read ({error.strerror})."
