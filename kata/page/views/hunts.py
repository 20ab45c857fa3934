"""Bug hunts: a pull request whose lines are clicked, the causes to choose from, and what the tests say."""

import hmac
import random
import time
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kata.course import journal, progress
from kata.course.command import as_typed
from kata.page.place import Place
from kata.page.proofs import Proofs
from kata.practice.hunts import differences, hunting
from kata.practice.hunts.faults import Place as Line
from kata.practice.hunts.hunting import Judgement
from kata.practice.hunts.proof import Proof
from kata.practice.hunts.requests import Case, Requests

_SEEDS = 1_000_000
_KEPT = 50

# In seconds: nobody thinks longer about one pull request.
_LONGEST = 3600


@dataclass(frozen=True)
class Result:
    """How a hunt ended."""

    case: Case
    judgement: Judgement
    proof: Proof
    said: str


def make_hunts(place: Place, proofs: Proofs) -> Blueprint:
    """Return the blueprint of the bug hunts in ``place``."""
    hunts = Blueprint("hunts", __name__)
    results: dict[str, Result] = {}

    def find(number: str, mark: str) -> Case:
        """Return the case whose name has this mark: the name itself would tell what is wrong."""
        requests = Requests(place.exercise(number), place.root)
        names = [
            name
            for name in requests.names
            if hmac.compare_digest(_mark(name).encode(), mark.encode())
        ]
        if not names:
            abort(404, "There is no such pull request.")
        return requests.case(names[0])

    @hunts.get("/hunt/")
    @hunts.get("/hunt/<number>/")
    def next_(number: str | None = None) -> Response:
        exercises = [place.exercise(number)] if number else place.exercises()
        state = progress.load(place.root)
        try:
            case = hunting.choose(
                exercises, place.root, state.solved, journal.entries(place.root), _seed()
            )
        except hunting.NothingToHunt as missing:
            abort(404, str(missing))
        except OSError as error:
            abort(404, f"The journal cannot be read ({error.strerror}).")
        return redirect(
            url_for(
                ".show", number=case.exercise.number, mark=_mark(case.name), begun=int(time.time())
            )
        )

    @hunts.get("/hunt/<number>/<mark>/")
    def show(number: str, mark: str) -> str:
        case = find(number, mark)
        at = line_of(case, request.args.get("line"))
        begun = request.args.get("begun", type=int) or int(time.time())
        return render_template(
            "hunt.html",
            case=case,
            files=[(file, differences.of_request(file)) for file in case.files],
            at=at,
            line=request.args.get("line") if at else None,
            causes=case.causes(mark) if at else [],
            address=lambda **values: url_for(
                ".show", number=number, mark=mark, begun=begun, **values
            ),
            begun=begun,
        )

    @hunts.post("/hunt/<number>/<mark>/")
    def judge(number: str, mark: str) -> Response:
        case = find(number, mark)
        found = judged(place, proofs, case, case.causes(mark), request.form)
        begun = request.form.get("begun", type=int) or int(time.time())
        # A page may have been open over night.
        seconds = min(max(0, int(time.time()) - begun), _LONGEST)
        complaint = progress.note(place.root, hunting.note(case, found.judgement, seconds))
        if complaint:
            flash(as_typed(complaint))
        while len(results) >= _KEPT:
            results.pop(next(iter(results)))
        results[mark] = found
        return redirect(url_for(".result", number=number, mark=mark))

    @hunts.get("/hunt/<number>/<mark>/result")
    def result(number: str, mark: str) -> str | Response:
        found = results.get(mark)
        if found is None:  # The server was started again.
            return redirect(url_for(".show", number=number, mark=mark))
        return render_template(
            "hunted.html",
            result=found,
            case=found.case,
            exercise=found.case.exercise,
            corrections=list(differences.of_correction(found.case).items()),
        )

    return hunts


def judged(
    place: Place, proofs: Proofs, case: Case, causes: list[str], said: MultiDict[str, str]
) -> Result:
    """Judge what was said of a pull request: its line, and the number of one of the causes."""
    at = line_of(case, said.get("line"))
    choice = said.get("cause", type=int)
    cause = dict(enumerate(causes)).get(choice if choice is not None and at else -1)
    proof = proofs.prove(case, place.root)
    judgement = hunting.judge(case, at, cause, proof.failure)
    words = hunting.said(case, judgement, _where(case), said_nothing=at is None)
    return Result(case, judgement, proof, words)


def _mark(name: str) -> str:
    key = current_app.secret_key
    assert isinstance(key, bytes)
    return hmac.new(key, name.encode(), "sha256").hexdigest()[:16]


def _seed() -> int:
    return random.randrange(_SEEDS)


def _where(case: Case) -> str:
    """Return the lines at fault in words."""
    shown = {file.name for file in case.files}
    places = sorted(place for place in case.at_fault if place[0] in shown)
    if not places:
        return ""
    (file, first), (_, last) = places[0], places[-1]
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"{lines} of {file}" if len(shown) > 1 else lines


def line_of(case: Case, said: str | None) -> Line | None:
    """Return the place that ``file:number`` names; None for anything else: then nothing is wrong."""
    name, _, number = (said or "").rpartition(":")
    for file in case.files:
        if file.name == name and number.isdecimal() and 1 <= int(number) <= len(file.lines):
            return name, int(number)
    return None
