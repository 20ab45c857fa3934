"""A question is rehearsed on the page, and the journal keeps how it went."""

import pytest

from kata.course import journal
from tests.page.conftest import HOME


def test_what_is_rehearsed_goes_into_the_journal(client, project):
    first = client.get("/rehearse/", base_url=HOME)
    said = {"seconds": "42.4", "said": ["1"], "had": ["0"], "rating": "good"}

    response = client.post(first.location, data=said, base_url=HOME)

    assert (response.status_code, response.location) == (302, "/rehearse/")
    [entry] = journal.entries(project.root)
    assert (entry.what, entry.exercise) == ("rehearsed", "e01_sample1")
    assert entry.data["rating"] == "good"
    assert (entry.data["seconds"], entry.data["ticked"]) == (42, 1)
    assert client.get("/rehearse/", base_url=HOME).location == "/rehearse/e02/"


@pytest.mark.parametrize(
    ("said", "kept"), [("-5", 0), ("nan", 0), ("inf", 10800), ("1e308", 10800), ("soon", 0)]
)
def test_a_time_that_nobody_needs_is_bounded(client, project, said, kept):
    form = {"seconds": said, "said": ["1"], "rating": "good"}

    assert client.post("/rehearse/e01/", data=form, base_url=HOME).status_code == 302

    [entry] = journal.entries(project.root)
    assert entry.data["seconds"] == kept


def test_a_rating_that_there_is_not_is_refused(client, project):
    for said in ({}, {"rating": "great"}, {"rating": "good", "said": ["99"]}):
        assert client.post("/rehearse/e01/", data=said, base_url=HOME).status_code == 400

    assert journal.entries(project.root) == []


def test_without_a_model_answer_the_page_says_so(client, project):
    (project.exercises[0].within(project.root / "solutions") / "answer.md").unlink()

    response = client.get("/rehearse/e01/", base_url=HOME)

    assert response.status_code == 404
    assert "There is no model answer of e01 here" in response.text
