"""A page of the small project: its application, its server, and a browser that looks at it."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kata.course import workspace
from kata.page.application import create_app
from kata.page.gate import Gate
from kata.page.live import Live
from kata.page.place import Place
from kata.page.proofs import Proofs
from kata.page.sitting import Sitting

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 60
PORT = 5000
HOME = f"http://127.0.0.1:{PORT}"
TOKEN = "the-token"

WRONG = [
    ("wrong_lower", "Names are in lower case.", "{name}", "{name.lower()}"),
    ("wrong_bye", "Everybody is sent away.", "Hello, {name}", "Bye, {name}"),
]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")


@pytest.fixture
def app(project) -> Iterator[Flask]:
    """Return the application of the small project, behind its gate, without verdicts."""
    proofs = Proofs()
    place = Place(project.root)
    app = create_app(place, Live(project.root), proofs, Sitting(place, proofs), TOKEN, PORT)
    app.config["TESTING"] = True
    app.wsgi_app = Gate(app.wsgi_app, PORT)
    yield app
    proofs.stop()


@pytest.fixture
def stranger(app) -> FlaskClient:
    """Return a client that was not let in."""
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = f"127.0.0.1:{PORT}"
    return client


@pytest.fixture
def client(app) -> FlaskClient:
    """Return a client that came by the first address."""
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = f"127.0.0.1:{PORT}"
    assert client.get(f"/?token={TOKEN}", base_url=HOME).status_code == 302
    return client


@pytest.fixture
def shipped(project, monkeypatch) -> None:
    """Have the small project as it is now be what was shipped: a reset brings that back."""
    monkeypatch.setattr(workspace, "ARCHIVE", project.root / "shipped.zip")
    workspace.ARCHIVE.write_bytes(workspace.pack(project.root))


@pytest.fixture
def ready(project, shipped) -> None:
    """Have all that an interview needs in the small project."""
    keep_wrong(project)


def keep_wrong(project) -> None:
    """Keep two wrong answers to each exercise."""
    for n in (1, 2, 3):
        for name, about, before, after in WRONG:
            project.keep(n, name, about, before, after, caught_by="test_the_page_greets_by_name")


@dataclass
class Served:
    """A page that is served by a process of its own; the address lets a browser in."""

    process: subprocess.Popen
    address: str

    @property
    def base(self) -> str:
        return self.address.partition("/?")[0]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE)


@pytest.fixture
def serve(project, shipped) -> Iterator:
    """Return a function that serves the page of the small project by the real command."""
    with serving(project.root) as serve:
        yield serve


@contextlib.contextmanager
def serving(root: Path) -> Iterator[Callable[..., Served]]:
    """Yield a function that serves the page of a tree by the real command, and end all in the end."""
    started = []

    def serve(*options: str) -> Served:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        code = (
            "import pathlib; from kata.cli import main, words; from kata.course import workspace; "
            f"words.ROOT = root = pathlib.Path({str(root)!r}); "
            "workspace.ARCHIVE = root / 'shipped.zip'; main()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, "page", "--no-browser", *options],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        address = process.stdout.readline().split()[-1]
        return Served(process, address)

    yield serve
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait(DEADLINE)
        process.stdout.close()
