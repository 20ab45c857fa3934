"""What the answers say of tests that a learner wrote."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from kata import cli
from kata.cli import words
from kata.course import catalog, journal
from kata.practice.specs import specifying
from kata.practice.specs.first_tests import begun

ROOT = Path(__file__).parents[2]
EXERCISES = catalog.find_all(ROOT / "exercises")

FIXTURE = """\
import os, sys
import pytest


@pytest.fixture
def client(exercise):
    return exercise.create_app().test_client()


"""
GREETS = """\
def test_the_page_greets(client):
    assert client.get("/").text == "Hello"
"""


@pytest.fixture(scope="module")
def shared(make_projects):
    """Return a project of one exercise with two right answers and four wrong ones, and little patience."""
    project = make_projects(1)
    tox = project.root / "tox.ini"
    tox.write_text(tox.read_text().replace("[pytest]\n", "[pytest]\nkata_time_limit = 5\n"))
    project.extend(1)
    keep = project.keep
    keep(1, "right_longer", "Greet in more words.", '"Hello"', '"Hel" + "lo"')
    keep(1, "right_json", "Answer the name as JSON.", 'f"Hello, {name}"', '{"name": name}')
    greets, bye = "test_the_page_greets", "test_the_page_says_goodbye"
    keep(1, "wrong_loud", "Greet too loud.", '"Hello"', '"HELLO"', caught_by=greets)
    keep(1, "wrong_silent", "Say nothing.", '"Hello"', '""', caught_by=greets)
    keep(1, "wrong_stops", "Stop in the middle.", '"Hello"', "1 / 0", caught_by=greets)
    keep(1, "wrong_bye", "Never say goodbye.", "Hello, {", "Hello {", caught_by=bye)
    return project


@pytest.fixture
def judged(shared):
    """Return a function that judges the text of a file of tests."""
    return lambda text: specifying.judge(shared.exercises[0], shared.root, text.encode())


def test_what_a_test_catches_is_counted_and_what_is_alive_has_a_cause(judged):
    found = judged(FIXTURE + GREETS + "\n\ndef test_nothing(client):\n    pass\n")

    assert (found.caught_in_all, found.wrong, found.refused) == (3, 4, ())
    assert found.caught == {"test_the_page_greets": 3, "test_nothing": 0}
    [alive] = found.alive
    assert (alive.name, alive.cause, alive.further) == ("wrong_bye", "Never say goodbye.", True)


def test_a_test_that_refuses_a_right_answer_is_named_with_what_that_does_otherwise(judged):
    found = judged(
        FIXTURE + 'def test_a_name(client):\n    assert client.get("/Ada").text == "Hello, Ada"\n'
    )

    [refused] = found.refused
    assert (refused.failure.test, refused.difference) == ("test_a_name", "Answer the name as JSON.")
    assert not found.is_complete


def test_what_is_known_of_a_test_holds_until_something_changes(shared, tmp_path):
    exercise, root = shared.exercises[0], shared.root
    runs = tmp_path / "runs"
    specifying.place(exercise, root).parent.mkdir(parents=True, exist_ok=True)
    counted = f"def test_counted(client):\n    with open({str(runs)!r}, 'a') as file:\n        file.write('x')\n"
    bye = 'def test_bye(client):\n    assert client.get("/Ada").text != "Hello Ada"\n'

    def judged(text):
        runs.write_text("")
        found = specifying.judge(exercise, root, text.encode())
        return found.caught_in_all, len(found.refused), len(runs.read_text())

    first = judged(FIXTURE + counted)
    again = judged(FIXTURE + counted)
    other_test = judged(FIXTURE + counted + bye)
    other_fixture = judged(FIXTURE.replace("os, sys", "os") + counted)

    # The reference, two right answers and four wrong ones.
    assert (first, again, other_fixture) == ((0, 0, 7), (0, 0, 1), (0, 0, 7))
    assert other_test == (1, 0, 1)


def test_without_a_test_nothing_is_caught(judged):
    found = judged(FIXTURE)

    assert (found.tests, found.caught_in_all, found.wrong) == ((), 0, 4)


def test_an_error_of_a_fixture_catches_nothing_and_an_error_of_the_code_does(judged):
    fixtures = """\
@pytest.fixture
def letters(client):
    return {"Hello": 5}[client.get("/").text]


def test_letters(letters):
    assert letters == 5


class TestAll:
    @pytest.fixture
    def page(self, client):
        client.application.testing = True
        return client.get("/")

    def test_the_page_is_there(self, page):
        assert page
"""
    found = judged(FIXTURE + fixtures)

    assert sum(found.caught.values()) == 1
    assert {each.name: each.met_an_error for each in found.alive} == {
        "wrong_loud": True,
        "wrong_silent": True,
        "wrong_bye": False,
    }


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("\ndef test_x(:\n", 2, "Not valid Python"),
        ("while True:\n    pass\n", None, "did not end within 5 s"),
        ("import os\nos._exit(0)\n", 2, "This line ends the whole process with os._exit()"),
        ("from solutions.easy.e01_sample1 import sample1\n", 1, "This line reads a solution"),
        ("print('x' * 50_000_000)\n", 1, "This line printed more than 1 MB"),
        ("1 / 0\n", 1, "ZeroDivisionError"),
    ],
    ids=["syntax", "endless", "exit", "solution", "print", "error"],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(judged, text, line, sentence):
    found = judged(text)

    assert sentence in found.unread.sentence
    assert found.unread.file.endswith(".kata/specify/e01_sample1/my_tests.py")
    assert found.unread.line == line or line is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("(client):\n    while True:\n        pass\n", "did not end within 5 s"),
        ("(client):\n    os._exit(0)\n", "This line ends the whole process with os._exit()"),
        ("(clinet):\n    pass\n", "There is no fixture `clinet`."),
        ("(exercise):\n    exercise.creat_app()\n", "The exercise asks for `creat_app`"),
        ("(client):\n    pytest.skip('later')\n", "It is skipped, and so says nothing."),
        (
            "(client):\n    import solutions.easy.e01_sample1.sample1\n",
            "This line reads a solution",
        ),
    ],
    ids=["endless", "exit", "fixture", "name", "skip", "solution"],
)
def test_a_test_that_fails_on_the_reference_is_told_and_nothing_else(judged, body, sentence):
    found = judged(f"{FIXTURE}{GREETS}\n\ndef test_y{body}")

    assert (found.failing.test, found.is_tried, found.wrong) == ("test_y", False, 0)
    assert sentence in found.failing.sentence


def test_a_failed_assertion_is_told_with_its_line_and_both_sides(judged):
    failing = judged(FIXTURE + GREETS.replace('"Hello"', '"Bye"')).failing

    assert failing.comparison["right"] == "'Bye'"
    assert (failing.line, failing.source) == (11, 'assert client.get("/").text == "Bye"')


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.number)
def test_the_file_begins_with_the_fixtures_and_without_the_tests(exercise):
    module, shipped = ast.parse(begun(exercise)), ast.parse(exercise.test_file.read_text())

    names = [node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [name for name in names if name.lower().startswith("test")] == ["test_replace_this_one"]
    functions = [node for node in shipped.body if isinstance(node, ast.FunctionDef)]
    assert {node.name for node in functions if node.decorator_list} <= set(names)


@pytest.mark.parametrize("number", ["e01", "m04", "h05"])
def test_the_shipped_tests_catch_every_wrong_answer(number):
    exercise = catalog.find(number, EXERCISES)

    found = specifying.judge(exercise, ROOT, own_tests(exercise))

    assert (found.unread, found.failing, found.refused, found.alive) == (None, None, (), ())
    assert found.is_complete


@pytest.fixture
def specify(shared, monkeypatch):
    """Return a function that gives the command for the first exercise; it returns exit code and output."""
    monkeypatch.setattr(words, "ROOT", shared.root)
    monkeypatch.setenv("COLUMNS", "80")

    def specify(*arguments: str) -> tuple[int, str]:
        run = CliRunner().invoke(cli.main, ["specify", "e01", *arguments])
        return run.exit_code, run.output

    return specify


def test_the_command_begins_the_file_runs_it_and_gives_one_hint_at_a_time(shared, specify):
    file = specifying.place(shared.exercises[0], shared.root)
    code, output = specify()
    assert (code, ".kata/specify/e01_sample1/my_tests.py" in output) == (0, True)

    code, output = specify()
    assert code == 1
    assert "✗ test_replace_this_one fails on the reference." in output

    file.write_text(FIXTURE + "def test_nothing(client):\n    pass\n")
    outputs = [specify("--hint")[1] for _ in range(2)]
    assert "0 of 4 wrong answers are caught (0 %)" in outputs[0]
    causes = ["Greet too loud.", "Say nothing.", "Stop in the middle.", "Never say goodbye."]
    assert [[cause in each for cause in causes] for each in outputs] == [
        [True, False, False, False],
        [True, True, False, False],
    ]
    last = journal.entries(shared.root)[-1]
    assert (last.what, last.data["caught"], last.data["wrong"]) == ("specified", 0, 4)
    assert (last.data["right"], last.data["hints"]) == (True, 2)
    assert file.read_text().startswith(FIXTURE)


def test_without_answers_one_sentence_says_so(project, monkeypatch):
    monkeypatch.setattr(words, "ROOT", project.root)
    monkeypatch.chdir(project.root)

    run = CliRunner().invoke(cli.main, ["specify", "e02"])

    assert (run.exit_code, run.output.count("\n")) == (2, 1)
    assert "There are no wrong answers to e02 here" in run.output


def own_tests(exercise) -> bytes:
    """Return an exercise's tests as one file; what two files define differently has two names."""
    core, *others = [ast.parse(file.read_text(encoding="utf-8")) for file in exercise.test_files]
    for further in others:
        taken, own = _defined(core), _defined(further)
        both = own.keys() & taken.keys()
        other = {name for name in both if ast.dump(own[name]) != ast.dump(taken[name])}
        while more := {name for name in both - other if _used(own[name]) & other}:
            other |= more
        _Renamed(other).visit(further)
        core.body += further.body
    return ast.unparse(core).encode()


def _defined(module: ast.Module) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {name: node for target in node.targets for name in _used(target)}
    return found


def _used(node: ast.AST) -> set[str]:
    found = {getattr(each, "id", None) or getattr(each, "arg", None) for each in ast.walk(node)}
    return {name for name in found if name}


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def _other(self, name: str) -> str:
        return f"{name}_further" if name in self._names else name

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._other(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self._other(node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.name = self._other(node.name)
        return node
