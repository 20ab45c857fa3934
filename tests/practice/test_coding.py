"""An exercise of an interview is solved at a desk of its own: no hints, no solutions, the learner's files untouched."""

import shutil

import pytest

from kata.course import workspace
from kata.practice.interviews import interviewing
from kata.practice.interviews.coding import DONE, Coding
from kata.practice.interviews.rounds import CODE, Round


@pytest.fixture
def exercise(project, monkeypatch):
    """Return an exercise that was shipped, and of which the learner has solved the half since."""
    monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))
    exercise = project.exercises[0]
    exercise.stub.write_text("# the learner's own\n" + exercise.stub.read_text())
    return exercise


@pytest.fixture
def interview(project, exercise):
    rounds = [Round(CODE, exercise.id, 12)]
    return interviewing.begin(project.root, seed=1, level="junior", minutes=25, rounds=rounds)


def solve(coding, project, exercise) -> None:
    solution = exercise.within(project.root / "solutions") / exercise.stub.name
    shutil.copyfile(solution, coding.desk.stub)


def test_the_desk_has_what_was_shipped_but_no_hints_and_no_solution(interview, exercise):
    coding = Coding(interview, exercise)

    files = [path.name for path in interview.folder.rglob("*") if path.is_file()]
    assert sorted(files) == ["README.md", "sample1.py", "state.json", "test_sample1.py"]
    shipped = workspace.shipped(exercise)
    assert {path.name: path.read_bytes() for path in coding.desk.folder.iterdir()} == {
        name: content for name, content in shipped.items() if name != "hints.md"
    }


def test_from_the_stub_to_done_and_the_learners_files_stay(interview, exercise, project):
    before = {path: path.read_bytes() for path in exercise.folder.iterdir()}
    coding = Coding(interview, exercise)
    assert not coding.saved

    found = coding.run(20)
    assert (found.passed, coding.solved) == ({1: 0, 2: 0}, False)
    solve(coding, project, exercise)
    assert coding.saved
    coding.run(95)
    result = coding.end(100, DONE)

    assert (coding.solved, coding.saved) == (True, False)
    assert (result.points, result.of, result.seconds) == (20, 20, 100)
    assert [(step["title"], step["done_at"]) for step in result.data["steps"]] == [
        ("A greeting", 95), ("A name", 95),
    ]  # fmt: skip
    assert result.data["files"] == {"sample1.py": coding.desk.stub.read_text()}
    assert (result.data["runs"], result.data["stated"]) == (2, 15)
    assert {path: path.read_bytes() for path in exercise.folder.iterdir()} == before
    assert not (project.root / ".kata" / "progress.json").exists()


def test_after_a_break_nothing_is_lost(interview, exercise, project):
    coding = Coding(interview, exercise)
    solve(coding, project, exercise)
    coding.run(60)
    coding.desk.stub.write_text("my later work")

    (again,) = interviewing.find_all(project.root)
    coding = Coding(again, exercise)

    assert (again.state.seconds, coding.solved, coding.runs) == (60, True, 1)
    assert coding.desk.stub.read_text() == "my later work"
    assert coding.saved


def test_a_desk_that_was_half_laid_out_is_completed(interview, exercise, kills):
    names = {"README.md", "sample1.py", "test_sample1.py"}
    found = set()

    for _ in kills(lambda: Coding(interview, exercise), at={"os.rename"}):
        folder = exercise.within(interview.folder / "exercises")
        found.add(len(names.intersection(path.name for path in folder.iterdir())))
        assert {path.name for path in Coding(interview, exercise).desk.folder.iterdir()} == names
        shutil.rmtree(folder)

    assert found == {0, 1, 2}


def test_a_test_file_that_was_changed_counts_for_nothing(interview, exercise):
    coding = Coding(interview, exercise)
    coding.desk.test_file.write_text("class TestStep1AGreeting:\n    def test_x(self): pass\n")
    exercise.test_file.write_text("class TestStep1AGreeting:\n    def test_x(self): pass\n")

    assert coding.run(5).total == {1: 1, 2: 2}


def test_the_task_is_that_of_the_core(interview, exercise, project):
    project.extend(1)
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))

    task = Coding(interview, exercise).task

    assert "## Step 2: A name" in task
    assert "farewell" not in task
