"""Verdicts come by themselves, on the last content, also to several pages, and cost nothing that stays."""

import contextlib
import signal
import time

import psutil
import pytest
import requests
import socketio

from kata.practice.interviews import interviewing
from tests.page.conftest import DEADLINE


class Visitor:
    """A page as its script is: it listens, and asks for what has changed."""

    def __init__(self, served) -> None:
        self.base = served.base
        self.session = requests.Session()
        assert self.session.get(served.address).status_code == 200
        self.connect()

    def connect(self) -> None:
        self.socket = socketio.SimpleClient(http_session=self.session, reconnection=False)
        self.socket.connect(self.base, transports=["websocket"], wait_timeout=DEADLINE)

    def now(self, number: str = "e01") -> str:
        response = self.session.get(f"{self.base}/exercises/{number}/now")
        assert response.status_code == 200
        return response.text

    def see(self, words: str, number: str = "e01") -> None:
        """Wait for the verdict that has these words: it is told of when it is there."""
        while words not in (text := self.now(number)) or "old: it runs again" in text:
            self.socket.receive(timeout=DEADLINE)

    def drop(self) -> None:
        """Lose the connection, as by a closed lid."""
        self.socket.client.eio.ws.shutdown()

    def close(self) -> None:
        self.drop()
        self.session.close()


@pytest.fixture
def visit():
    """Return a function that opens a page as a browser does."""
    with contextlib.ExitStack() as opened:

        def visit(served) -> Visitor:
            visitor = Visitor(served)
            opened.callback(visitor.close)
            return visitor

        yield visit


def test_two_pages_on_two_exercises_and_each_save(serve, visit, project):
    served = serve("--port", "0")
    first, second = visit(served), visit(served)
    first.see("The page greets")
    second.see("The page greets", "e02")

    for n in range(4):
        project.stub(1).write_text(f"raise ValueError('first {n}')\n")
        project.stub(2).write_text(f"raise ValueError('second {n}')\n")
        first.see(f"first {n}")
        second.see(f"second {n}", "e02")
    project.solve(1)
    second.see("e01 is mastered")


def test_pages_and_a_run_beside_them_agree(serve, visit, project):
    served = serve("--port", "0")
    first, second = visit(served), visit(served)
    first.see("The page greets")

    for n in (1, 2, 3):
        project.solve(n)
        beside = project.focus()  # As a watcher runs it.
        assert "is solved" in beside.output or "is mastered" in beside.output
        for page in (first, second):
            page.see(f"e{n:02} is mastered", f"e{n:02}")
        assert project.progress["solved"] == [each.id for each in project.exercises[:n]]


def test_saves_and_connections_leave_nothing_behind(serve, visit, project):
    served = serve("--port", "0")
    visitor = visit(served)
    process = psutil.Process(served.process.pid)

    def use(count: int) -> tuple[int, int]:
        for n in range(count):
            project.stub(1).write_text(f"raise ValueError('save {n}')\n")
            visitor.see(f"save {n}")
            visitor.drop()
            visitor.connect()
        return process.num_fds(), process.memory_info().rss

    use(10)
    descriptors, memory = use(5)
    _, memory_later = use(25)

    # The server closes a dropped connection when it comes to it.
    deadline = time.monotonic() + DEADLINE
    while process.num_fds() > descriptors + 3 and time.monotonic() < deadline:
        visitor.now()
    assert process.num_fds() <= descriptors + 3
    assert memory_later - memory < 15_000_000


def test_a_terminated_page_leaves_no_process(serve, visit, project):
    served = serve("--port", "0")
    visit(served).see("The page greets")
    started = psutil.Process(served.process.pid).children(recursive=True)

    served.stop()

    assert psutil.wait_procs(started, timeout=DEADLINE)[1] == []


def test_a_killed_page_leaves_no_process(serve, visit, project, ready):
    served = serve("--port", "0")
    visitor = visit(served)
    page = visitor.session.get(f"{served.base}/hunt/e01/")
    assert (
        visitor.session.post(page.url).status_code == 200
    )  # Its tests have run in another process.
    started = psutil.Process(served.process.pid).children(recursive=True)

    served.process.kill()

    assert psutil.wait_procs(started, timeout=DEADLINE)[1] == []


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_an_interview_keeps_its_time_when_the_page_ends(serve, visit, project, ready, word):
    served = serve("--port", "0")
    visitor = visit(served)
    visitor.session.post(f"{served.base}/interview/", data={"seed": "7"})
    until = time.monotonic() + DEADLINE
    while 'data-from="0"' in visitor.session.get(f"{served.base}/interview/now").text:
        assert time.monotonic() < until

    served.process.send_signal(word)

    assert served.process.wait(DEADLINE) == 0
    assert interviewing.find_unfinished(project.root).state.seconds >= 1
