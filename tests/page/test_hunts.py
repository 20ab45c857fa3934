"""A pull request is reviewed on the page: nothing gives it away, and the tests say who is right."""

import re

import pytest

from kata.course import journal
from tests.page.conftest import HOME

CAUSE = "Greet everybody alike: nobody is greeted by name."


def line_of(page: str, words: str) -> str:
    rows = re.findall(r"<tr class=.*?</tr>", page, re.DOTALL)
    row = next(row for row in rows if words in row and "line=" in row)
    return re.search(r"line=([\w.]+)(?:%3A|:)(\d+)", row).expand(r"\1:\2")


def wrong(client, project) -> str:
    """Return the address of the pull request with the fault; the other one is the reference."""
    for _ in range(99):
        address = client.get("/hunt/e01/", base_url=HOME).location.partition("?")[0]
        if "Hello, you" in client.get(address, base_url=HOME).text:
            return address
    raise AssertionError("It never came.")


@pytest.fixture
def kept(project):
    test = "test_the_page_greets_by_name"
    project.keep(1, "wrong_alike", CAUSE, 'f"Hello, {name}"', '"Hello, you"', caught_by=test)
    project.keep(
        1,
        "wrong_home",
        "Greet in German.",
        'return "Hello"',
        'return "Hallo"',
        caught_by="test_the_page_greets",
    )


def test_nothing_gives_the_cause_away_before_a_line_is_named(client, project, kept):
    address = wrong(client, project)

    page = client.get(address, base_url=HOME).text

    assert CAUSE not in page
    assert "wrong_alike" not in page + address
    assert "alike" not in address


def test_the_line_and_the_cause_are_judged_and_the_test_that_catches_it_is_shown(
    client, project, kept
):
    address = wrong(client, project)
    page = client.get(address, base_url=HOME).text
    line = line_of(page, "Hello, you")
    asked = client.get(address, query_string={"line": line}, base_url=HOME).text
    assert CAUSE in asked
    choice = re.search(rf'value="(\d)" required> <span>{re.escape(CAUSE)}', asked)[1]

    shown = client.post(
        address, data={"line": line, "cause": choice}, base_url=HOME, follow_redirects=True
    ).text

    assert "Found: the line is right, and so is the cause." in shown
    assert "The page greets by name (Ada)" in shown
    [entry] = journal.entries(project.root)
    assert (entry.what, entry.data["found"]) == ("hunted", True)


def test_who_says_that_nothing_is_wrong_is_told_what_is(client, project, kept):
    address = wrong(client, project)

    shown = client.post(address, base_url=HOME, follow_redirects=True).text

    assert "Something is wrong with it. Look at line" in shown
    assert CAUSE in shown


@pytest.mark.parametrize("mark", ["0" * 16, "é", "wrong_alike"])
def test_another_address_is_no_pull_request(client, kept, mark):
    assert client.get(f"/hunt/e01/{mark}/", base_url=HOME).status_code == 404


def test_without_answers_there_is_nothing_to_hunt(client):
    response = client.get("/hunt/e01/", base_url=HOME)

    assert response.status_code == 404
    assert "There is nothing to hunt for e01 here" in response.text
