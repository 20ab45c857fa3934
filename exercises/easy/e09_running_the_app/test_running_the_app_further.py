"""What e09 asks for beyond its core, step by step."""

import sys
from pathlib import Path

import pytest
from gunicorn.util import import_app
from werkzeug.test import Client


@pytest.fixture
def served(exercise, monkeypatch):
    """Return a client of the object that gunicorn imports in the exercise's folder."""
    assert exercise.GUNICORN_TARGET, "GUNICORN_TARGET is still empty."
    folder = Path(exercise.__file__).parent
    monkeypatch.chdir(folder)
    # As in a new shell: nothing is imported yet. gunicorn looks in the current folder first.
    monkeypatch.delitem(sys.modules, "running_the_app")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return Client(import_app(exercise.GUNICORN_TARGET))


def get(client):
    """Return the response to GET /."""
    try:
        return client.get("/")
    except TypeError as error:
        message = f"gunicorn calls what it imported with (environ, start_response): {error}"
    pytest.fail(message)


class TestStep4AProductionServer:
    def test_what_gunicorn_imports_answers_every_request(self, served):
        responses = [get(served) for _ in range(3)]

        assert [response.status_code for response in responses] == [200, 200, 200]

    def test_gunicorn_serves_the_production_profile(self, served):
        assert get(served).text == "Welcome, world!"
