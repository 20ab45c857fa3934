"""What is due, and what practice came to: a calendar, times, what was kept in mind, and where one got stuck."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kata.course import backups
from kata.course.command import as_typed
from kata.page.place import Place
from kata.practice.schedule import again, deck
from kata.practice.schedule.figures import figures

_WEEKS = 15

# From so many minutes on, a day is of this kind.
_KINDS = ((60, "most"), (25, "more"), (1, "some"), (0, "none"))


@dataclass(frozen=True)
class Day:
    """A day of the calendar: its minutes of practice, and how it looks."""

    day: date
    minutes: int
    kind: str


def make_practice(place: Place) -> Blueprint:
    """Return the blueprint of the schedule and the figures of ``place``."""
    practice = Blueprint("practice", __name__)

    @practice.get("/practice/")
    def show() -> str:
        try:
            found = deck.read(place.root)
        except OSError as error:
            abort(500, f".kata/journal.jsonl cannot be read ({error.strerror}).")
        today = datetime.now().astimezone().date()
        known = {each.id: each for each in found.exercises}
        counted = figures(found, today)
        steps = {
            (each.id, step.number): step.title for each in found.exercises for step in each.steps
        }
        return render_template(
            "practice.html",
            due=found.due(today),
            after=found.after(today),
            figures=counted,
            weeks=list(_weeks(counted.days, today)),
            tried=[each for each in counted.exercises if each.seconds >= 60],
            known=known,
            steps=steps,
            today=today,
        )

    @practice.post("/practice/<number>/again")
    def put_back(number: str) -> Response:
        exercise = place.exercise(number)
        try:
            change = again.put_back(exercise, place.root)
        except (again.Refused, backups.NothingToDo) as reason:
            flash(as_typed(str(reason)))
        except OSError as error:
            flash(f"{exercise.number} could not be put back ({error.strerror}).")
        else:
            for line in change.told(place.root) if change else ():
                flash(line)
            if change:
                flash(f"Your solution is stored in {change.backup.relative_to(place.root)}.")
        return redirect(url_for("exercises.show", number=exercise.number))

    return practice


def _weeks(days: Mapping[date, int], today: date) -> Iterator[list[Day]]:
    """Yield the last weeks, each from Monday to Sunday."""
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    for week in range(_WEEKS):
        dates = [monday + timedelta(weeks=week, days=n) for n in range(7)]
        yield [_day(day, days.get(day, 0) // 60, today) for day in dates]


def _day(day: date, minutes: int, today: date) -> Day:
    if day > today:
        return Day(day, 0, "later")
    kind = next(kind for least, kind in _KINDS if minutes >= least)
    return Day(day, minutes, f"{kind} today" if day == today else kind)
