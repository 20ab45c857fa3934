"""An interview is held on the page from start to report, left and gone on with; the learner's files stay."""

import re
import shutil

import pytest

from kata.course import journal
from kata.page.sitting import round_at_hand
from kata.practice.interviews import interview_report, interviewing
from tests.page.conftest import HOME


@pytest.fixture
def interview(client, project, ready):
    """Return a function that holds the round at hand, and returns the page that follows."""
    form = {"minutes": "25", "level": "junior", "seed": "7"}
    assert client.post("/interview/", data=form, base_url=HOME).location == "/interview/now"

    def hold() -> str:
        found = interviewing.find_unfinished(project.root)
        answers = {
            "question": {"said": ["1"], "rating": "good", "notes": "<b>mine</b>"},
            "hunt": {},
        }
        if found.round.kind == "code":
            return solve(found)
        data = {**answers[found.round.kind], "round": round_at_hand(found)}
        return page(client.post("/interview/now", data=data, base_url=HOME).location)

    def solve(found) -> str:
        page("/interview/now")
        exercise = next(e for e in project.exercises if e.id == found.round.exercise)
        [stub] = found.folder.rglob(exercise.stub.name)
        shutil.copyfile(exercise.within(project.root / "solutions") / exercise.stub.name, stub)
        assert client.get("/interview/saved", base_url=HOME).json == {"saved": True, "over": False}
        data = {"round": round_at_hand(found)}
        assert client.post("/interview/run", data=data, base_url=HOME).status_code == 302
        assert client.get("/interview/saved", base_url=HOME).json["over"]
        return page("/interview/now")

    def page(address: str) -> str:
        response = client.get(address, base_url=HOME, follow_redirects=True)
        assert response.status_code == 200
        return response.text

    return hold


def test_it_is_held_from_start_to_report(client, project, interview):
    before = {e.id: e.stub.read_bytes() for e in project.exercises}

    text = ""
    while interviewing.find_unfinished(project.root):
        text = interview()

    [report] = interview_report.find_all(project.root)
    assert f"{report.points} of {report.of} points" in text
    assert "What to revise first" in text
    [done] = [line for line in report.lines if line.kind == "code"]
    assert (done.points, done.of) == (20, 20)
    assert [e.what for e in journal.entries(project.root)].count("interviewed") == 1
    assert {e.id: e.stub.read_bytes() for e in project.exercises} == before
    overview = client.get("/interview/", base_url=HOME).text
    assert report.id in overview
    assert "<b>mine</b>" not in text + overview


def test_whoever_stops_goes_on_where_it_was(client, project, interview):
    interview()

    client.post("/interview/stop", base_url=HOME)
    overview = client.get("/interview/", base_url=HOME).text
    page = client.get("/interview/now", base_url=HOME).text

    assert re.search(r"1 of \d rounds are done", overview)
    assert "Round 2 of" in page


def test_a_form_that_is_sent_twice_ends_one_round_only(client, project, interview):
    found = interviewing.find_unfinished(project.root)
    data = {"said": ["1"], "rating": "good", "round": round_at_hand(found)}

    for _ in range(3):
        client.post("/interview/now", data=data, base_url=HOME)

    assert len(interviewing.find_unfinished(project.root).state.results) == 1


def test_a_form_of_an_interview_that_was_left_ends_no_round_of_another(client, project, interview):
    left = interviewing.find_unfinished(project.root)
    client.post("/interview/", data={"seed": "8"}, base_url=HOME)

    data = {"said": ["1"], "rating": "good", "round": round_at_hand(left)}
    client.post("/interview/now", data=data, base_url=HOME)

    found = interviewing.find_unfinished(project.root)
    assert (found.id != left.id, found.state.results) == (True, ())


def test_what_is_held_in_a_terminal_is_not_held_here_as_well(client, project, interview):
    client.post("/interview/stop", base_url=HOME)
    found = interviewing.find_unfinished(project.root)

    with found.taken():
        response = client.get("/interview/now", base_url=HOME)

    assert response.status_code == 409
    assert "is being held in a terminal" in response.text


def test_an_exercise_shows_neither_hints_nor_solutions(client, project, interview):
    while interviewing.find_unfinished(project.root).round.kind != "code":
        interview()

    page = client.get("/interview/now", base_url=HOME).text

    main = page.partition("<main")[2].partition("</main>")[0]
    assert "/hint" not in main
    assert "/answer" not in main
    found = interviewing.find_unfinished(project.root)
    assert list(found.folder.rglob("hints.md")) == []


@pytest.mark.parametrize(
    "form",
    [{"level": "boss"}, {"minutes": "3"}, {"minutes": "999"}, {"seed": "-1"}, {"seed": "9" * 300}],
)
def test_what_no_interview_can_be_is_refused(client, ready, form):
    assert client.post("/interview/", data=form, base_url=HOME).status_code == 400


def test_without_answers_there_is_no_interview(client, project):
    shutil.rmtree(project.root / "solutions")

    assert client.post("/interview/", data={"seed": "7"}, base_url=HOME).status_code == 404
