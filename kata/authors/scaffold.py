"""Start a new exercise: every file it needs, in its three folders, with what is left to write."""

import re
from importlib.util import find_spec
from pathlib import Path

from kata.course import catalog, replacing
from kata.course.exercise import Exercise

_README = """\
# {number} · ‹the question, as an interviewer asks it›?

**Use case.** ‹When somebody needs this.›

**Edit** `{slug}.py` · **Run** `kata`, `ptw`, or `pytest exercises/{tier}/{id}` · **About** {minutes} minutes

## Step 1: A greeting
Write `create_app()`. It returns an application in which `GET /` answers **200** with exactly `Hello`. \
‹What else the step asks for, with every status, name and text that the tests look at.›

**Out of scope**: ‹what nobody needs to think of here›.
"""

_HINTS = """\
# Hints

## Step 1
1. ‹A nudge.›
2. ‹The name to look up.›
3. ‹Nearly the code.›
"""

_STUB = '''\
"""‹What the module is for.›"""

from flask import Flask


def create_app() -> Flask:
    """Return an application that greets."""
    # TODO: Answer / with Hello.
    raise NotImplementedError("create_app: answer / with Hello")
'''

_TESTS = '''\
"""What {number} asks for, step by step."""

import pytest


@pytest.fixture
def client(exercise):
    """Return a client of a new application."""
    app = exercise.create_app()
    app.testing = True
    return app.test_client()


class TestStep1AGreeting:
    def test_the_page_greets(self, client):
        response = client.get("/")

        assert (response.status_code, response.text) == (200, "Hello")
'''

_SOLUTION = '''\
"""‹What the module is for.›"""

from flask import Flask


def create_app() -> Flask:
    """Return an application that greets."""
    app = Flask(__name__)

    @app.get("/")
    def greet() -> str:
        return "Hello"

    return app
'''

_ANSWER = """\
# {number} · ‹the question, as an interviewer asks it›?

## In the interview
"‹What to say, in the words that one says.›"

## Why the reference looks as it does
- ‹One decision, and what would go wrong without it.›

## Another way
‹Another solution, and its price.›

## The interviewer goes on
- **‹A follow-up question›?** ‹Its answer.›

**Documentation**: ‹the page where it is written›.
"""

_RIGHT = '''\
"""The rule is added without a decorator."""

from flask import Flask


def greet() -> str:
    return "Hello"


def create_app() -> Flask:
    """Return an application that greets."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=greet)
    return app
'''

_WRONG = '''\
"""The greeting ends in a line break."""
# caught by: test_the_page_greets

from flask import Flask


def create_app() -> Flask:
    """Return an application that greets."""
    app = Flask(__name__)

    @app.get("/")
    def greet() -> str:
        return "Hello\\n"

    return app
'''

_MINUTES = {"easy": 10, "medium": 25, "hard": 45}


class NotCreated(Exception):
    """The exercise cannot have this name. The message is a sentence for the author."""


def create(root: Path, tier: str, slug: str) -> Exercise:
    """Make the three folders of a new exercise, with the next number of its tier.

    The tests, the stub, the solution and an answer of each kind fit together; what is left to write stands
    between angle quotation marks.

    Raises:
        NotCreated: the slug is no module name, is taken, or is the name of an importable package.
    """
    exercises = catalog.find_all(root / "exercises")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        raise NotCreated(
            f"“{slug}” is no name for a module: use small letters, digits and underscores."
        )
    if any(exercise.slug == slug for exercise in exercises):
        raise NotCreated(f"There is an exercise “{slug}” already.")
    if find_spec(slug) is not None:
        raise NotCreated(
            f"“{slug}” is the name of a module that Python can import: choose another."
        )
    numbers = [int(exercise.number[1:]) for exercise in exercises if exercise.tier == tier]
    number = f"{tier[0]}{max(numbers, default=0) + 1:02}"
    exercise = Exercise(root / "exercises" / tier / f"{number}_{slug}")
    names = {"number": number, "slug": slug, "tier": tier, "id": exercise.id}
    names["minutes"] = str(_MINUTES[tier])
    solution = exercise.within(root / "solutions")
    answers = root / "tests" / "answers" / exercise.id
    for file, text in {
        exercise.readme: _README.format(**names),
        exercise.hints: _HINTS,
        exercise.stub: _STUB,
        exercise.test_file: _TESTS.format(**names),
        solution / exercise.stub.name: _SOLUTION,
        solution / "answer.md": _ANSWER.format(**names),
        answers / "right_without_a_decorator.py": _RIGHT,
        answers / "wrong_line_break.py": _WRONG,
    }.items():
        replacing.replace(file, text.encode())
    return exercise
