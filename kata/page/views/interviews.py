"""A mock interview, page by page: it is begun, held round by round, and reported on."""

import threading

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kata.course.command import as_typed
from kata.page.place import Place
from kata.page.proofs import Proofs
from kata.page.sitting import Sitting, round_at_hand
from kata.page.views import hunts, rehearsals
from kata.practice.hunts import differences, hunting
from kata.practice.hunts.requests import Case
from kata.practice.interviews import interview_report, interviewing
from kata.practice.interviews.coding import Coding
from kata.practice.interviews.rounds import LEVELS, LONGEST, SHORTEST, NothingToAsk
from kata.practice.talks.rehearsing import SHARES, Question
from kata.practice.terms import RATINGS

# A seed is part of a file's name.
_SEEDS = 10**9


def make_interviews(place: Place, proofs: Proofs, sitting: Sitting) -> Blueprint:
    """Return the blueprint of the interviews in ``place``."""
    interviews = Blueprint("interviews", __name__)
    alone = threading.Lock()

    @interviews.before_request
    def wait_for_others() -> None:
        """Let one request at a time change the interview: a run of its tests takes a while."""
        alone.acquire()
        g.has_interview = True

    @interviews.teardown_request
    def let_others_go_on(_: BaseException | None) -> None:
        if g.pop("has_interview", False):
            alone.release()

    def at_hand() -> Question | Case | Coding | None:
        """Return what the round is about that the form was sent in; None if that is over."""
        if not sitting.go_on():
            return None
        subject = sitting.at_hand()
        assert sitting.interview is not None
        return subject if request.form.get("round") == round_at_hand(sitting.interview) else None

    @interviews.errorhandler(TimeoutError)
    def held_elsewhere(_: TimeoutError) -> tuple[str, int]:
        return _said("This interview is being held in a terminal."), 409

    @interviews.errorhandler(OSError)
    def not_kept(error: OSError) -> tuple[str, int]:
        why = f"The interview cannot be kept in .kata/interviews ({error.strerror})."
        return _said(f"{why} What was kept before is there."), 500

    @interviews.get("/interview/")
    def overview() -> str:
        return render_template(
            "interviews.html",
            unfinished=interviewing.find_unfinished(place.root),
            reports=interview_report.find_all(place.root),
            levels=list(LEVELS),
            least=SHORTEST,
            most=LONGEST,
        )

    @interviews.post("/interview/")
    def begin() -> Response:
        minutes = request.form.get("minutes", 45, type=int)
        level = request.form.get("level", "middle")
        seed = request.form.get("seed", type=int)
        if (
            level not in LEVELS
            or not SHORTEST <= minutes <= LONGEST
            or not 0 <= (seed or 0) < _SEEDS
        ):
            abort(400, f"A level of {', '.join(LEVELS)}, and {SHORTEST} to {LONGEST} minutes.")
        try:
            sitting.begin(seed=seed, level=level, minutes=minutes)
        except NothingToAsk as reason:
            abort(404, str(reason))
        return redirect(url_for(".now"))

    @interviews.get("/interview/now")
    def now() -> str | Response:
        if not sitting.go_on():
            return redirect(url_for(".overview"))
        subject = sitting.at_hand()
        if subject is None:
            report, complaint = sitting.conclude()
            if complaint:
                flash(as_typed(complaint))
            return redirect(url_for(".report", id_=report.id))
        if isinstance(subject, Coding) and sitting.is_over():
            sitting.finish()
            return redirect(url_for(".now"))
        assert sitting.interview is not None
        shared = {"interview": sitting.interview, "seconds": sitting.seconds}
        if isinstance(subject, Question):
            shares = [*SHARES, (RATINGS[0], 0)]
            return render_template(
                "interview_question.html",
                question=subject,
                ratings=RATINGS,
                shares=shares,
                **shared,
            )
        if isinstance(subject, Case):
            line = request.args.get("line")
            at = hunts.line_of(subject, line)
            return render_template(
                "interview_hunt.html",
                case=subject,
                files=[(file, differences.of_request(file)) for file in subject.files],
                at=at,
                line=line if at else None,
                causes=subject.causes(sitting.interview.state.seed) if at else [],
                address=lambda **values: url_for(".now", **values),
                **shared,
            )
        return render_template(
            "interview_code.html",
            coding=subject,
            desk=subject.desk,
            examined=sitting.examined,
            **shared,
        )

    @interviews.post("/interview/now")
    def answer() -> Response:
        subject = at_hand()
        complaint = None
        if isinstance(subject, Question):
            result = rehearsals.rated(subject, request.form, sitting.seconds)
            more = {"missed": list(result.missed), "notes": request.form.get("notes", "")[:20_000]}
            total = len(subject.spoken.follow_ups)
            complaint = sitting.answered(result.note, total, more)
        elif isinstance(subject, Case):
            assert sitting.interview is not None
            seed, seconds = sitting.interview.state.seed, sitting.seconds
            found = hunts.judged(place, proofs, subject, subject.causes(seed), request.form)
            flash(found.said if subject.right else f"{found.said} {subject.about}")
            complaint = sitting.hunted(hunting.note(subject, found.judgement, seconds))
        if complaint:
            flash(as_typed(complaint))
        return redirect(url_for(".now"))

    @interviews.get("/interview/saved")
    def saved() -> dict[str, bool]:
        subject = sitting.at_hand() if sitting.go_on() else None
        if not isinstance(subject, Coding):
            return {"saved": False, "over": True}
        return {"saved": subject.saved, "over": sitting.is_over()}

    @interviews.post("/interview/run")
    def run() -> Response:
        subject = at_hand()
        if isinstance(subject, Coding):
            sitting.examined = subject.run(sitting.seconds)
        return redirect(url_for(".now"))

    @interviews.post("/interview/finish")
    def finish() -> Response:
        if isinstance(at_hand(), Coding):
            sitting.finish()
        return redirect(url_for(".now"))

    @interviews.post("/interview/stop")
    def stop() -> Response:
        sitting.stop()
        return redirect(url_for(".overview"))

    @interviews.get("/interview/<id_>/")
    def report(id_: str) -> str:
        found = [each for each in interview_report.find_all(place.root) if each.id == id_]
        if not found:
            abort(404, f"There is no finished interview {id_}.")
        return render_template("report.html", report=found[0])

    return interviews


def _said(sentence: str) -> str:
    return render_template("said.html", sentence=sentence)
