"""A small project of the same layout, to try the engine on."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kata.course import catalog
from kata.course.exercise import Exercise
from kata.judge.verdict import Verdict, forked_pytest
from tests.interruptions import failures, kills

__all__ = ["failures", "kills"]

ROOT = Path(__file__).parent.parent

README = """\
# {number} · How does sample {n} greet?

**Use case.** A page that greets whoever asks.

## Step 1: A greeting
`/` answers **200** with `Hello`.

## Step 2: A name
`/<name>` answers with `Hello, ` and the name.
"""

HINTS = "# Hints\n\n## Step 1\n1. A\n2. B\n3. C\n\n## Step 2\n1. D\n2. E\n3. F\n"

STUB = '''\
"""Sample {n}."""

from flask import Flask


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def greet():
        # TODO: Greet.
        raise NotImplementedError("Answer / with Hello")

    @app.get("/<name>")
    def greet_by_name(name: str):
        # TODO: Greet by name.
        raise NotImplementedError("Answer /<name> with Hello and the name")

    return app
'''

SOLUTION = '''\
"""Sample {n}, solved."""

from flask import Flask


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def greet():
        return "Hello"

    @app.get("/<name>")
    def greet_by_name(name: str):
        return f"Hello, {{name}}"

    return app
'''

ANSWER = """\
# {number} · How does sample {n} greet?

## In the interview
"A route leads to a view, and the view returns the greeting. And it escapes what it got, because names \
may hold HTML. In production, a server such as gunicorn calls the application, and I run several workers."

## Why the reference looks as it does
- Two routes say more than one with a default.

## Another way
One view with a default. The price is a condition.

## The interviewer goes on
- **What is `name` without a converter?** A text without a slash.
- **Who answers HEAD?** Flask does.

**Documentation**: Flask, "Quickstart: Routing".
"""

TESTS = """\
import pytest


@pytest.fixture
def client(exercise):
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


class TestStep1AGreeting:
    def test_the_page_greets(self, client):
        response = client.get("/")

        assert (response.status_code, response.text) == (200, "Hello")


class TestStep2AName:
    @pytest.mark.parametrize("name", ["Ada", "Grace"])
    def test_the_page_greets_by_name(self, client, name):
        assert client.get(f"/{name}").text == f"Hello, {name}"
"""

FURTHER = """
# Going further

## Step 3: A farewell
**About** 4 minutes

`/bye` answers with `Goodbye`.
"""

FURTHER_HINTS = "\n## Step 3\n1. G\n2. H\n3. I\n"

FURTHER_TESTS = """\
class TestStep3AFarewell:
    def test_the_page_says_goodbye(self, exercise):
        assert exercise.create_app().test_client().get("/bye").text == "Goodbye"
"""


@dataclass
class Project:
    """A tree with exercises ``e01_sample1``, ``e02_sample2`` … and their solutions."""

    root: Path

    @property
    def exercises(self) -> list[Exercise]:
        return catalog.find_all(self.root / "exercises")

    @property
    def progress(self) -> dict:
        return json.loads((self.root / ".kata/progress.json").read_text())

    def stub(self, n: int) -> Path:
        return self.exercises[n - 1].stub

    def solve(self, n: int) -> None:
        exercise = self.exercises[n - 1]
        shutil.copyfile(
            exercise.within(self.root / "solutions") / exercise.stub.name, exercise.stub
        )

    def extend(self, n: int) -> None:
        """Give an exercise a step that goes further."""
        exercise = self.exercises[n - 1]
        for file, text in ((exercise.readme, FURTHER), (exercise.hints, FURTHER_HINTS)):
            file.write_text(file.read_text() + text)
        exercise.further_test_file.write_text(FURTHER_TESTS)

    def master(self, n: int) -> None:
        """Solve an exercise with its further step."""
        self.solve(n)
        stub = self.stub(n)
        stub.write_text(
            stub.read_text().replace(
                'return f"Hello, {name}"', 'return "Goodbye" if name == "bye" else f"Hello, {name}"'
            )
        )

    def keep(self, n: int, name: str, about: str, *change: str, caught_by: str = "") -> None:
        """Keep an answer: the solution of an exercise, in which the second text stands for the first."""
        exercise = self.exercises[n - 1]
        solution = (exercise.within(self.root / "solutions") / exercise.stub.name).read_text()
        code = solution.partition("\n")[2].replace(*change) if change else solution
        tests = f"# caught by: {caught_by}\n" if caught_by else ""
        folder = self.root / "tests" / "answers" / exercise.id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(f'"""{about}"""\n{tests}{code}')

    def pytest(self, *arguments: str) -> Verdict:
        return forked_pytest([*arguments, "-p", "no:cacheprovider"], self.root)

    def focus(self, *arguments: str) -> Verdict:
        return self.pytest("--focus", *arguments)


@pytest.fixture(autouse=True)
def as_on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide that this may be a server's run, or that of an activated environment: both change what is said."""
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    folders = os.environ.get("PATH", "").split(os.pathsep)
    kept = [folder for folder in folders if not shutil.which("kata", path=folder)]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))


def lay_out(root: Path, count: int) -> Project:
    """Make a project with so many exercises."""
    for n in range(1, count + 1):
        files = {
            f"exercises/easy/e{n:02}_sample{n}": {
                "README.md": README.format(number=f"e{n:02}", n=n),
                "hints.md": HINTS,
                f"sample{n}.py": STUB.format(n=n),
                f"test_sample{n}.py": TESTS,
            },
            f"solutions/easy/e{n:02}_sample{n}": {
                "answer.md": ANSWER.format(number=f"e{n:02}", n=n),
                f"sample{n}.py": SOLUTION.format(n=n),
            },
        }
        for folder, contents in files.items():
            (root / folder).mkdir(parents=True)
            for name, text in contents.items():
                (root / folder / name).write_text(text)
    for name in ("conftest.py", "tox.ini"):
        shutil.copyfile(ROOT / name, root / name)
    return Project(root)


@pytest.fixture
def make_project(tmp_path: Path):
    """Return a function that makes a project with so many exercises."""
    return lambda count: lay_out(tmp_path / "project", count)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: in the end, one worker would be alone with it."""
    longest = ROOT / "tests" / "judge" / "test_exercises.py"
    items.sort(key=lambda item: item.path != longest)


@pytest.fixture(scope="module")
def make_projects(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that makes a project that all tests of a module share."""
    return lambda count: lay_out(tmp_path_factory.mktemp("shared") / "project", count)


@pytest.fixture
def project(make_project) -> Project:
    """Return a project with three exercises, none of them solved."""
    return make_project(3)


@pytest.fixture
def real(tmp_path: Path):
    """Return a function that makes a project of one exercise of the tree, known by its number."""

    def real(number: str) -> Project:
        root = tmp_path / "real"
        for tree in ("exercises", "solutions"):
            (folder,) = (ROOT / tree).glob(f"*/{number}_*")
            shutil.copytree(folder, root / folder.relative_to(ROOT))
        for name in ("conftest.py", "tox.ini"):
            shutil.copyfile(ROOT / name, root / name)
        return Project(root)

    return real


@pytest.fixture
def clone(project: Project) -> Path:
    """Return the folder of the small project, with an engine of its own and what it reads."""
    for file in (*(ROOT / "kata").glob("**/*.py"), *(ROOT / "kata").glob("**/templates/*")):
        copy = project.root / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    for name in ("pyproject.toml", "requirements.lock"):
        (project.root / name).write_bytes((ROOT / name).read_bytes())
    return project.root
