"""What the page shows of the tree, and what its buttons do to it."""

import pytest

from kata.course import progress
from tests.page.conftest import HOME


def get(client, path):
    response = client.get(path, base_url=HOME, follow_redirects=True)
    assert response.status_code == 200
    return response


def test_the_first_address_leads_to_the_exercise_at_hand(client, project):
    def change(state):
        state.solved.add("e01_sample1")

    progress.update(project.root, change)

    assert client.get("/", base_url=HOME).location == "/exercises/e02/"


def test_the_list_says_how_far_each_exercise_is(client, project):
    project.solve(1)
    project.focus()

    page = get(client, "/exercises/list").text

    assert "1/3 solved · ★ 1" in " ".join(page.split())
    assert 'title="mastered">★' in page
    assert "0/3" in page


def test_the_step_at_hand_is_marked_with_its_hints(client, project):
    progress.update(project.root, lambda state: state.failing.update({"e01_sample1": 2}))

    page = get(client, "/exercises/e01/").text

    marked = page.partition('aria-current="step"')[2]
    assert "A name" in marked.partition("</section>")[0]
    assert "/exercises/e01/hint" in marked.partition("</section>")[0]


def test_each_hint_comes_when_it_is_asked_for(client, project):
    seen = []
    for _ in range(5):
        hints = (
            get(client, "/exercises/e01/").text.partition('id="hints"')[2].partition("</div>")[0]
        )
        seen.append(hints.count("<li>"))
        client.post("/exercises/e01/hint", base_url=HOME)

    assert seen == [0, 1, 2, 3, 3]
    assert progress.load(project.root).hints == {"e01_sample1/1": 3}


def test_before_the_exercise_is_solved_the_solution_is_shown_only_when_asked_for(client, project):
    (project.exercises[0].within(project.root / "solutions") / "answer.md").write_text(
        "# e01\n\nSay it.\n"
    )

    asked = get(client, "/exercises/e01/answer").text
    shown = get(client, "/exercises/e01/answer?anyway").text

    assert "Say it." not in asked
    assert "is not solved yet. Hints come first." in asked
    assert "Say it." in shown


def test_the_difference_stands_side_by_side(client, project):
    progress.update(project.root, lambda state: state.solved.add("e01_sample1"))

    page = get(client, "/exercises/e01/difference").text

    assert 'class="differs"' in page
    assert "NotImplementedError" in page


@pytest.mark.parametrize("text", ["", "x = 1\f", "\ufeffx = '''\\f'''\n"])
def test_what_has_no_line_end_or_more_than_one_kind_is_compared_as_well(client, project, text):
    project.stub(1).write_text(text, encoding="utf-8")

    page = get(client, "/exercises/e01/difference?anyway").text

    assert "create_app" in page.partition('class="differs"')[2]


def test_reset_stores_the_learners_version_and_undo_brings_it_back(client, project, shipped):
    stub = project.stub(1).read_text()
    project.solve(1)
    mine = project.stub(1).read_text()

    client.post("/exercises/e01/reset", base_url=HOME)
    after_reset = project.stub(1).read_text()
    page = get(client, "/exercises/e01/").text
    client.post("/exercises/e01/undo", base_url=HOME)

    assert after_reset == stub
    assert "What was there is stored in .kata/backups/" in page
    assert project.stub(1).read_text() == mine


def test_static_files_have_addresses_that_change_with_their_content(client):
    page = get(client, "/exercises/e01/").text

    address = page.partition('src="/static/page.js')[2].partition('"')[0]
    assert address.startswith("?v=")
    response = client.get(f"/static/page.js{address}", base_url=HOME)
    assert response.cache_control.max_age == 365 * 24 * 3600


def test_a_page_that_is_not_there_says_so(client):
    response = client.get("/exercises/e77/", base_url=HOME)

    assert response.status_code == 404
    assert "There is no exercise e77." in response.text
