"""What is collected below ``exercises`` was shipped: nothing of the learner's runs in pytest's own process."""

import pytest

from kata.course import workspace
from kata.judge import collection

EXITS = "import os; os._exit(0)\n"


@pytest.fixture
def shipped(project, monkeypatch, tmp_path):
    """Return a project whose exercises are those of the archive; all are solved."""
    archive = tmp_path / "shipped.zip"
    archive.write_bytes(workspace.pack(project.root))
    monkeypatch.setattr(workspace, "ARCHIVE", archive)
    for number in (1, 2, 3):
        project.solve(number)
    return project


@pytest.mark.parametrize(
    "name",
    ["conftest.py", "__init__.py", "test_scratch.py", "scratch_test.py", "more/test_more.py", "more/conftest.py"],
)  # fmt: skip
@pytest.mark.parametrize(
    "text", ["def :\n", EXITS, "while True: pass\n"], ids=["syntax", "exit", "loop"]
)
def test_a_file_beside_the_stub_does_not_run(shipped, name, text):
    file = shipped.exercises[0].folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)

    verdict = shipped.pytest("exercises")

    assert "9 passed" in verdict.output
    assert verdict.exit_code == 0


@pytest.mark.parametrize(
    "place", ["exercises/conftest.py", "exercises/easy/conftest.py", "exercises/__init__.py"]
)
def test_a_file_above_the_exercises_does_not_run(shipped, place):
    (shipped.root / place).write_text(EXITS)

    assert "9 passed" in shipped.pytest("exercises/easy").output


def test_a_conftest_at_the_place_of_against_does_not_run(shipped, tmp_path):
    place = tmp_path / "handed in"
    (shipped.root / "solutions").rename(place)
    (place / "conftest.py").write_text(EXITS)
    (place / "easy" / "conftest.py").write_text(EXITS)

    assert "9 passed" in shipped.pytest("exercises", "--against", str(place)).output


def test_an_edited_test_is_named_and_the_shipped_one_runs(shipped):
    test_file = shipped.exercises[0].test_file
    test_file.write_text(test_file.read_text().replace('"Hello")', '"anything")'))
    shipped.stub(2).write_text("")

    verdict = shipped.pytest("exercises")

    assert "3 failed, 6 passed" in verdict.output
    assert (
        "e01_sample1/test_sample1.py is not as it was shipped: the shipped tests ran"
        in verdict.output
    )


def test_an_edited_test_that_passes_everything_solves_nothing(shipped):
    exercise = shipped.exercises[0]
    exercise.stub.write_text("")
    exercise.test_file.write_text(
        "class TestStep1AGreeting:\n    def test_the_page_greets(self): ...\n"
    )

    verdict = shipped.focus()

    words = " ".join(verdict.output.split())
    assert "The exercise asks for `create_app`, and the file has none." in words
    assert "test_sample1.py is not as it was shipped" in words
    assert shipped.progress["solved"] == []


def test_other_line_ends_are_no_edit(shipped):
    for file in (shipped.exercises[0].test_file, shipped.exercises[1].test_file):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    verdict = shipped.pytest("exercises")

    assert "9 passed" in verdict.output
    assert "not as it was shipped" not in verdict.output


@pytest.mark.parametrize("target", [".", "/", "loop"])
def test_a_link_in_a_folder_is_not_followed(shipped, target):
    (shipped.exercises[0].folder / "loop").symlink_to(target)

    assert "9 passed" in shipped.pytest("exercises").output
    assert "Every exercise is solved" in shipped.focus().output


@pytest.mark.parametrize("name", ["sample1.py", "test_scratch.py"])
def test_a_file_that_is_no_test_of_the_exercise_is_refused_by_name(shipped, name):
    file = shipped.exercises[0].folder / name
    file.write_text(EXITS)

    verdict = shipped.pytest(f"exercises/easy/e01_sample1/{name}")

    assert f"{name} is not one of the exercises' tests." in verdict.output
    assert "pytest exercises/easy/e01_sample1" in verdict.output
    assert verdict.exit_code == 4


def test_a_plugin_of_another_package_is_kept_out(shipped, tmp_path, monkeypatch):
    packages = tmp_path / "packages"
    (packages / "meddling-1.0.dist-info").mkdir(parents=True)
    (packages / "meddling-1.0.dist-info" / "entry_points.txt").write_text(
        "[pytest11]\nmeddling = meddling\n"
    )
    (packages / "meddling-1.0.dist-info" / "METADATA").write_text("Name: meddling\nVersion: 1.0\n")
    (packages / "meddling.py").write_text("raise SystemExit('meddled')\n")
    monkeypatch.syspath_prepend(str(packages))

    assert "9 passed" in shipped.pytest("exercises").output


def test_plugins_that_do_no_harm_are_let_in():
    assert {"xdist", "random_order"} <= collection.HARMLESS


def test_further_tests_are_collected_after_those_of_the_core(project):
    project.extend(1)

    verdict = project.pytest("exercises/easy/e01_sample1", "--collect-only", "-q")

    lines = [line for line in verdict.output.splitlines() if "::" in line]
    assert [line.partition("::")[0].rpartition("/")[2] for line in lines] == [
        *["test_sample1.py"] * 3,
        "test_sample1_further.py",
    ]


def test_a_file_is_ignored_when_pytest_is_told_so(project):
    folder = "exercises/easy/e01_sample1"

    verdict = project.pytest(folder, f"--ignore={folder}/test_sample1.py")

    assert verdict.exit_code == 5
