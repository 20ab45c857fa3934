"""The spoken answers of the tree, as data: points, follow-ups, how long they take to say."""

from pathlib import Path

import pytest

from kata.course import catalog
from kata.practice.talks import spoken

ROOT = Path(__file__).parents[2]
EXERCISES = catalog.find_all(ROOT / "exercises")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.number)
def test_every_model_answer_is_read_whole(exercise):
    answer = spoken.read(exercise, ROOT / "solutions")
    file = exercise.within(ROOT / "solutions") / "answer.md"
    said, asked = (
        file.read_text(encoding="utf-8").partition(f"\n## {part}\n")[2].partition("\n## ")[0]
        for part in ("In the interview", "The interviewer goes on")
    )

    assert " ".join(answer.points) == answer.text == " ".join(said.split())[1:-1]
    assert 4 <= len(answer.points) <= 12
    assert all(len(point.split()) >= 6 for point in answer.points)
    assert len(answer.follow_ups) == asked.count("\n- **") + asked.startswith("- **") >= 3
    assert all(each.question and each.answer for each in answer.follow_ups)
    assert " ".join(asked.split()) == " ".join(
        [
            *(f"- **{each.question}** {each.answer}" for each in answer.follow_ups),
            f"**Documentation**: {answer.documentation}",
        ]
    )
    assert 30 <= answer.seconds <= 90
    assert spoken.use_case(exercise).endswith(".")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I read it once. gunicorn starts it.", ["I read it once.", "gunicorn starts it."]),
        ("Call `a. b`. Then ``c? `d! e`` ends.", ["Call `a. b`.", "Then ``c? `d! e`` ends."]),
        ("Some, e.g. (i.e. few) of 3.14, etc. all.", ["Some, e.g. (i.e. few) of 3.14, etc. all."]),
        ('It says "Stop." (Why?) *Now.* So', ['It says "Stop."', "(Why?)", "*Now.*", "So"]),
        (
            "One. `flask.run` is two.\n401 is three!",
            ["One.", "`flask.run` is two.", "401 is three!"],
        ),
        ("", []),
    ],
    ids=["a name in lower case", "code", "abbreviations", "quotes", "code first", "nothing"],
)
def test_a_text_has_sentences(text, expected):
    assert spoken.sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two three four five six. It is done.", ("One two three four five six. It is done.",)),
        ("One thing more. One two three four five six.",) * 2,
        ("One two three four five six. The end.", ("One two three four five six. The end.",)),
        ("Yes. No.", ("Yes. No.",)),
    ],
    ids=["refers back", "leads on", "the last", "only short ones"],
)
def test_a_short_sentence_belongs_to_its_neighbor(text, expected):
    assert spoken.points(text) == ((expected,) if isinstance(expected, str) else expected)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.unlink(), "solutions/easy/e01_sample1/answer.md is missing."),
        (lambda file: file.write_text("# e01\n"), "its part “In the interview” is empty."),
        (lambda file: (file.unlink(), file.mkdir()), "answer.md cannot be read (Is a directory)."),
    ],
    ids=["missing", "empty", "no file"],
)
def test_where_there_is_no_model_answer_a_sentence_says_so(project, spoil, said):
    exercise, solutions = project.exercises[0], project.root / "solutions"
    spoil(exercise.within(solutions) / "answer.md")

    with pytest.raises(spoken.NotThere) as error:
        spoken.read(exercise, solutions)

    assert str(error.value).endswith(said)
