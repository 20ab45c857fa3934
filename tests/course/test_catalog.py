"""The catalog reads everything from the tree."""

from pathlib import Path

import pytest

from kata.course import catalog
from kata.course.catalog import UnknownExercise
from kata.course.exercise import Step

IDS = ["e01_sample1", "e02_sample2", "e03_sample3"]


def test_exercises_come_tier_by_tier_in_the_order_of_their_numbers(project):
    tree = project.root / "exercises"
    for tier, name in [
        ("hard", "h01_last"),
        ("medium", "m10_second"),
        ("medium", "m02_first"),
        ("other", "a1_x"),
    ]:
        folder = tree / tier / name
        folder.mkdir(parents=True)
        (folder / f"test_{name.partition('_')[2]}.py").touch()

    found = [exercise.id for exercise in catalog.find_all(tree)]

    assert found == [*IDS, "m02_first", "m10_second", "h01_last", "a1_x"]


def test_a_folder_without_a_test_file_is_no_exercise(project):
    (project.root / "exercises/easy/e99_notes").mkdir()

    assert [exercise.id for exercise in project.exercises] == IDS


def test_an_exercise_knows_its_names_and_files(project):
    exercise = project.exercises[0]

    assert (exercise.id, exercise.number, exercise.slug, exercise.tier) == (
        "e01_sample1",
        "e01",
        "sample1",
        "easy",
    )
    assert exercise.stub.name == "sample1.py"
    assert exercise.within(Path("solutions")) == Path("solutions/easy/e01_sample1")


def test_title_and_steps_are_those_of_the_readme(project):
    exercise = project.exercises[0]

    assert exercise.title == "How does sample 1 greet?"
    assert exercise.steps == (
        Step(1, "A greeting", "`/` answers **200** with `Hello`.", ("test_the_page_greets",)),
        Step(
            2,
            "A name",
            "`/<name>` answers with `Hello, ` and the name.",
            ("test_the_page_greets_by_name",),
        ),
    )


def test_a_step_is_found_by_its_test_class(project):
    exercise = project.exercises[0]

    assert exercise.step_of("TestStep2AName") == exercise.steps[1]
    assert exercise.step_of("TestElse") is None


def test_a_learners_files_are_all_but_the_texts_and_the_tests(project):
    exercise = project.exercises[0]
    (exercise.folder / "templates").mkdir()
    (exercise.folder / "templates/page.html").touch()
    (exercise.folder / "__pycache__").mkdir()
    (exercise.folder / "__pycache__/sample1.pyc").touch()

    names = [str(path.relative_to(exercise.folder)) for path in exercise.learner_files()]

    assert names == ["sample1.py", "templates/page.html"]


def test_the_files_to_edit_are_the_stub_and_those_named_above_the_steps(project):
    exercise = project.exercises[0]
    (exercise.folder / "templates").mkdir()
    for name in ("templates/page.html", "templates/base.html", "gunicorn.conf.py"):
        (exercise.folder / name).touch()
    text = exercise.readme.read_text()
    above = "You also edit `templates/page.html`.\n\n## Step 1: `gunicorn.conf.py` and a"
    exercise.readme.write_text(text.replace("## Step 1: A", above))

    assert exercise.files_to_edit == [exercise.stub, exercise.folder / "templates/page.html"]


@pytest.mark.parametrize(
    "word",
    [
        "e02_sample2",
        "e02",
        "sample2",
        "ple2",
        "exercises/easy/e02_sample2",
        "exercises/easy/e02_sample2/",
    ],
)
def test_an_exercise_is_found_by_any_of_its_names(project, word):
    assert catalog.find(word, project.exercises).id == "e02_sample2"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("sample", "“sample” fits more than one exercise: e01_sample1, e02_sample2, e03_sample3."),
        ("smaple2", "There is no exercise “smaple2”. Did you mean sample2?"),
        ("zzz", "There is no exercise “zzz”."),
        ("", "There is no exercise “”."),
    ],
    ids=["ambiguous", "misspelled", "unknown", "empty"],
)
def test_a_word_that_names_no_single_exercise_is_refused(project, word, sentence):
    with pytest.raises(UnknownExercise) as refusal:
        catalog.find(word, project.exercises)

    assert str(refusal.value) == sentence


def test_a_file_belongs_to_the_exercise_above_it(project):
    tree = project.root / "exercises"
    exercise = project.exercises[0]

    assert catalog.owner(exercise.test_file, tree) == exercise
    assert catalog.owner(tree / "easy", tree) is None
    assert catalog.owner(project.root / "conftest.py", tree) is None
