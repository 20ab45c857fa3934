"""Rehearsals: a question with a clock, the points to tick, the follow-ups, and the learner's own word."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kata.course import journal, progress
from kata.course.command import as_typed
from kata.course.entries import Entry
from kata.page.place import Place
from kata.practice.talks import rehearsing, spoken
from kata.practice.talks.rehearsing import SHARES, Question, Rehearsal, Result
from kata.practice.terms import RATINGS

# A page may be left open; no answer takes longer, in seconds.
_LONGEST = 3 * 3600.0


def make_rehearsals(place: Place) -> Blueprint:
    """Return the blueprint of the questions to rehearse in ``place``."""
    rehearsals = Blueprint("rehearsals", __name__)

    def question(number: str) -> Question:
        exercise = place.exercise(number)
        try:
            return rehearsing.question(exercise, place.solutions)
        except spoken.NotThere as missing:
            abort(404, str(missing))

    @rehearsals.get("/rehearse/")
    def next_() -> Response:
        try:
            [first, *_] = rehearsing.questions(
                place.exercises(), place.solutions, _happened(place), 1
            )
        except spoken.NotThere as missing:
            abort(404, str(missing))
        return redirect(url_for(".show", number=first.exercise.number))

    @rehearsals.get("/rehearse/<number>/")
    def show(number: str) -> str:
        return render_template(
            "rehearse.html",
            question=question(number),
            ratings=RATINGS,
            shares=[*SHARES, (RATINGS[0], 0)],
        )

    @rehearsals.post("/rehearse/<number>/")
    def rate(number: str) -> Response:
        stated = request.form.get("seconds", 0.0, type=float)
        # In this order, also what is no number at all is within the bounds.
        seconds = min(max(0.0, stated), _LONGEST)
        result = rated(question(number), request.form, seconds)
        complaint = progress.note(place.root, result.note)
        flash(
            f"{result.question.exercise.number}: {result.ticked} of {result.points} points, "
            f"{result.had} of {result.asked} follow-ups, rated {result.rating}."
        )
        if complaint:
            flash(as_typed(complaint))
        return redirect(url_for(".next_"))

    return rehearsals


def rated(question: Question, said: MultiDict[str, str], seconds: float) -> Result:
    """Return the result of a rehearsal: the points and follow-ups that were had, and the learner's word."""
    rehearsal = Rehearsal(question)
    rating = said.get("rating", "")
    if rating not in RATINGS:
        abort(400, f"How well did it go? One of: {', '.join(RATINGS)}.")
    rehearsal.answer(seconds)
    try:
        rehearsal.tick(said.getlist("said", type=int))
    except ValueError as wrong:
        abort(400, str(wrong))
    had = set(said.getlist("had", type=int))
    for n, _ in enumerate(question.spoken.follow_ups):
        rehearsal.follow_up(n in had)
    return rehearsal.rate(rating)


def _happened(place: Place) -> Sequence[Entry]:
    try:
        return journal.entries(place.root)
    except OSError:  # One may rehearse all the same; what cannot be saved is said then.
        return ()
