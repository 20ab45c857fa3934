"""What is renewed after an exercise was written: the archive, and what the README shows."""

from xml.etree import ElementTree

import pytest

from kata.authors import front, packing
from kata.authors.packing import NotPacked
from kata.course import workspace

README = """\
# Samples

<!-- days -->
old
<!-- end of days -->

Between.

<!-- index -->
old
<!-- end of index -->
"""


@pytest.fixture
def root(project, monkeypatch):
    """Return the folder of the small project, with a README and a place for pictures."""
    monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
    for n, exercise in enumerate(project.exercises, 1):
        text = exercise.readme.read_text()
        exercise.readme.write_text(text.replace("\n\n##", f"\n\n**About** {n}0 minutes\n\n##", 1))
    (project.root / "README.md").write_text(README)
    (project.root / "docs").mkdir()
    return project.root


def old(root, project) -> list[str]:
    return [*packing.old(root, project.exercises), *packing.old_pictures(root)]


def test_what_was_packed_is_not_old(root, project):
    assert packing.pack(root) == [
        *("shipped.zip", "README.md", "docs/screen-light.svg", "docs/screen-dark.svg")
    ]

    assert packing.pack(root) == []
    assert old(root, project) == []


def test_the_index_has_each_question_and_the_days_have_all_exercises(root):
    packing.pack(root)

    text = (root / "README.md").read_text()
    row = "| [e02](exercises/easy/e02_sample2/README.md) | How does sample 2 greet? | 20 | `sample2` |"
    assert row in text
    assert "The core of all takes some 1 hours." in text
    assert "| 1 | e01 | 0 h 10 min |" in text
    assert "old" not in text
    assert "\nBetween.\n" in text


def test_what_is_old_is_said_with_the_command_that_renews_it(root, project):
    packing.pack(root)
    readme = project.exercises[0].readme
    readme.write_text(readme.read_text().replace("sample 1 greet?", "this one greet?"))
    for n in (1, 2):
        test = project.exercises[n].test_file
        test.write_text(test.read_text() + "# another\n")
    project.stub(1).write_text("broken")

    assert old(root, project) == [
        "exercises/easy/e01_sample1/README.md is another one than was packed: kata pack",
        "exercises/easy/e02_sample2/test_sample2.py is another one than was packed: kata pack",
        "exercises/easy/e03_sample3/test_sample3.py is another one than was packed: kata pack",
        "README.md: the part “index” is old: kata pack",
    ]


def test_a_picture_shows_the_screen_and_nothing_from_elsewhere(root):
    packing.pack(root)

    screen = front.first_screen(root)
    for theme in ("light", "dark"):
        picture = (root / f"docs/screen-{theme}.svg").read_text()
        assert front.is_of(picture, screen)
        assert not front.is_of(picture, screen.replace("greets", "greeted"))
        assert "url(http" not in picture


def test_what_has_been_solved_in_part_since_is_not_shipped(root, project):
    packing.pack(root)
    project.stub(1).write_text("# TODO\n")
    (root / ".kata").mkdir()
    (root / ".kata/progress.json").write_text('{"solved": ["e01_sample1"], "seen": {}}')

    with pytest.raises(NotPacked, match=r"sample1\.py is solved, .*kata reset e01"):
        packing.pack(root)


def test_what_a_run_leaves_beside_an_exercise_is_not_shipped(root, project):
    leftover = project.exercises[0].folder / "instance/app.db"
    leftover.parent.mkdir()
    leftover.write_bytes(b"")
    packing.pack(root)

    assert "instance/app.db" not in workspace.shipped(project.exercises[0])


def test_a_film_shows_each_screen_in_turn_and_draws_it_under_a_name_of_its_own():
    film = ElementTree.fromstring(front.film(["one", "\x1b[31mtwo\x1b[0m", "three"], seconds=4))
    svg = "{http://www.w3.org/2000/svg}"

    frames = film.findall(f"{svg}g")
    assert [frame.get("style") for frame in frames] == [
        f"animation-delay: {seconds}s" for seconds in (0, 4, 8)
    ]
    texts = ["".join(text.text or "" for text in frame.iter(f"{svg}text")) for frame in frames]
    assert [text.split() for text in texts] == [["kataone"], ["katatwo"], ["katathree"]]
    names = [each.get("id") for frame in frames for each in frame.iter() if each.get("id")]
    assert len(names) == len(set(names))
