"""The document of all spoken answers: complete, with links that lead somewhere, and nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kata.cli import main, words
from kata.course import catalog
from kata.practice.talks import cheatsheet, rehearsing

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def questions():
    exercises = catalog.find_all(ROOT / "exercises")
    return [rehearsing.question(each, ROOT / "solutions") for each in exercises]


def plain(text: str) -> str:
    return re.sub(r"[`*]", "", text)


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(questions, read_page):
    page = read_page(cheatsheet.html(questions))

    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert page.values("src", "srcset", "action", "style", "onclick", "onload") == []
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    links = page.values("href")
    assert len(links) == 3 + len(questions)
    assert [link for link in links if link.removeprefix("#") not in ids] == []
    assert "url(" not in page.text
    assert "@import" not in page.text


def test_the_page_has_all_that_is_said(questions, read_page):
    shown = read_page(cheatsheet.html(questions)).text
    for each in questions:
        said = [each.exercise.title, each.spoken.text, each.use_case, each.spoken.documentation]
        said += [t for next_ in each.spoken.follow_ups for t in (next_.question, next_.answer)]

        assert [text for text in said if plain(text) not in plain(shown)] == []


def test_the_contents_of_the_markdown_lead_to_its_headings(questions):
    text = cheatsheet.markdown(questions)
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)

    assert len(headings) == 3 + len(questions)
    assert re.findall(r"^ *- \[(.+)\]\(#.+\)$", text, re.MULTILINE) == headings
    assert re.findall(r"\(#(m06.+)\)", text) == ["m06--what-is-flasks-flash-messaging-system"]


def test_what_texts_contain_is_shown_and_not_obeyed(project, read_page):
    exercise = project.exercises[0]
    file = exercise.within(project.root / "solutions") / "answer.md"
    hostile = '<script>alert(1)</script> ![p](http://x/p.png) [l](http://x) <http://x> `<b>` & "q"'
    file.write_text(
        f"## In the interview\n{hostile}\n\n## The interviewer goes on\n- **{hostile}?** {hostile}\n"
    )
    exercise.readme.write_text(f"# e01 · {hostile}\n\n**Use case.** {hostile}\n")
    page = read_page(cheatsheet.html([rehearsing.question(exercise, project.root / "solutions")]))

    assert page.tags.isdisjoint({"script", "img", "b"})
    assert page.values("src", "href") == ["#easy", "#e01"]
    assert page.text.count("<script>alert(1)</script> ![p](http://x/p.png)") == 6


@pytest.fixture
def kata(project, monkeypatch):
    """Return a function that gives a command of the small project."""
    monkeypatch.setattr(words, "ROOT", project.root)
    monkeypatch.chdir(project.root)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_the_command_prints_or_writes_the_document(kata, project, read_page):
    printed = kata("cheatsheet", "--tier", "easy")
    written = kata("cheatsheet", "--html", "-o", "sheet.html")

    assert printed.stdout.startswith("# Flask interview: what to say\n\n- [Easy](#easy)\n")
    assert written.stdout == "sheet.html has 3 questions.\n"
    assert read_page((project.root / "sheet.html").read_text()).values("id") == [
        *("easy", "e01", "e02", "e03")
    ]


def test_a_file_is_replaced_only_when_asked_to(kata, project):
    file = project.root / "mine.md"
    file.write_text("mine")

    refused = kata("cheatsheet", "-o", "mine.md")
    assert refused.stderr == (
        "mine.md exists already. Choose another name, or add --force to replace it.\n"
    )
    assert (refused.exit_code, file.read_text()) == (2, "mine")

    assert kata("cheatsheet", "-o", "mine.md", "--force").exit_code == 0
    assert file.read_text() == kata("cheatsheet").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tier", "hard"], "There is no exercise to rehearse here."),
        (["--force"], "`--force` replaces a file; name it with -o FILE."),
        (["-o", "no/such.md"], "no/such.md cannot be written (No such file or directory)."),
        (["-o", "exercises", "--force"], "exercises cannot be written (Is a directory)."),
    ],
    ids=["an empty tier", "nothing to replace", "no folder", "a folder"],
)
def test_misuse_of_the_document_gets_a_sentence(kata, arguments, said):
    run = kata("cheatsheet", *arguments)

    assert said in run.stderr
    assert run.exit_code == 2
