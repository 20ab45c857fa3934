"""Start a new exercise: every file it needs, each with what is left to write."""

import re
from importlib.util import find_spec
from pathlib import Path

from kata.course import catalog, replacing
from kata.course.exercise import Exercise

_README = """\
# {number} · Write the question here, with a question mark

**Use case.** Write when somebody needs this.

**Edit** `{slug}.py` · **Run** `kata`, `ptw`, or `pytest exercises/{tier}/{id}` · **About** 10 minutes

## Step 1: Write what the step is about
Write what is asked, with every status, name and text that the tests ask for.

**Out of scope**: write what nobody needs to think of here.
"""

_HINTS = "# Hints\n\n## Step 1\n1. A nudge.\n2. The name to look up.\n3. Nearly the code.\n"

_STUB = '''\
"""Write what the module is for."""

from flask import Flask


def create_app() -> Flask:
    """Return an application."""
    # TODO: Write what is to be done here.
    raise NotImplementedError("create_app: write what is to be done")
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


class TestStep1WriteWhatTheStepIsAbout:
    def test_write_the_behavior_as_a_sentence(self, client):
        assert client.get("/").status_code == 200
'''


class NotCreated(Exception):
    """The exercise cannot have this name. The message is a sentence for the author."""


def create(root: Path, tier: str, slug: str) -> Exercise:
    """Make the folder of a new exercise with the next number of its tier.

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
    replacing.replace(exercise.readme, _README.format(**names).encode())
    replacing.replace(exercise.hints, _HINTS.encode())
    replacing.replace(exercise.stub, _STUB.encode())
    replacing.replace(exercise.test_file, _TESTS.format(**names).encode())
    return exercise
