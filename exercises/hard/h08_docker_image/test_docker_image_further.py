"""What h08 asks for further on, step by step. The stand-in for Docker is in conftest.py."""

import json
import signal
import socket
from http.client import HTTPResponse

import pytest

KEY = {"FLASK_SECRET_KEY": "from the environment"}


@pytest.fixture(autouse=True)
def _secret_key(monkeypatch):
    """Set FLASK_SECRET_KEY in the environment."""
    monkeypatch.setenv("FLASK_SECRET_KEY", KEY["FLASK_SECRET_KEY"])


@pytest.fixture
def image(build):
    """Return the final stage of the build."""
    assert build.problems == [], "The build stops."
    assert build.stages, "app.dockerfile has no FROM."
    return build.stages[-1]


@pytest.fixture
def settings(image, container):
    """Return a function that reads gunicorn's settings, with more in the image's environment."""

    def read(**environ):
        starts_gunicorn = image.gunicorn_arguments is not None
        assert starts_gunicorn, f"CMD starts {image.command}."
        found = container.settings(KEY | environ)
        assert found, "gunicorn rejected its arguments or its configuration, and printed why."
        return found

    return read


@pytest.fixture
def server(container, settings):
    """Return gunicorn as the container starts it, but listening on loopback alone."""
    found = settings(GUNICORN_CMD_ARGS="--bind fd://9")
    assert found["address"] == [9], "CMD sets the address, whatever PORT is."
    assert found["daemon"] is False, "A container ends when its process goes to the background."
    server = container.serve(KEY)
    yield server
    server.stop()


@pytest.fixture
def is_healthy(image, container):
    """Return a function that runs HEALTHCHECK in a container with this PORT."""

    def check(port):
        words = image.commands.get("HEALTHCHECK")
        assert words, "The final stage has no HEALTHCHECK with a CMD."
        process = container.start(words, KEY | {"PORT": str(port)})
        try:
            return process.wait(8) == 0
        finally:
            process.kill()

    return check


def answer_on(connection):
    """Read a response, and return its status and its body."""
    assert connection, "gunicorn ended before it answered, and printed why."
    with connection:
        response = HTTPResponse(connection)
        response.begin()
        return response.status, response.read()


class TestStep4APortAndAHealthCheck:
    def test_gunicorn_listens_on_every_address_at_port_8000(self, image, settings):
        assert settings()["address"] in ([["0.0.0.0", 8000]], [["", 8000]])
        assert image.env.get("PORT") == "8000"

    def test_whoever_starts_the_container_may_set_another_port(self, settings):
        assert settings(PORT="9123")["address"] in ([["0.0.0.0", 9123]], [["", 9123]])

    @pytest.mark.parametrize(
        ("status", "healthy"),
        [("200 OK", True), ("404 Not Found", False), ("503 Service Unavailable", False)],
        ids=["200", "404", "503"],
    )
    def test_the_health_check_judges_healthz_by_its_status(
        self, probed, is_healthy, status, healthy
    ):
        probed.status = status

        found = {"healthy": is_healthy(probed.port), "paths": probed.paths}
        assert found == {"healthy": healthy, "paths": {"/healthz"}}

    def test_the_health_check_fails_when_nobody_listens(self, is_healthy):
        with socket.socket() as unheard:
            unheard.bind(("127.0.0.1", 0))

            assert not is_healthy(unheard.getsockname()[1])


@pytest.mark.time_limit(30)
class TestStep5ServedAndStopped:
    def test_gunicorn_serves_and_the_health_check_agrees(self, server, is_healthy):
        status, _ = answer_on(server.ask("GET /healthz"))

        assert (status, is_healthy(server.port)) == (200, True)

    def test_after_docker_stop_the_request_at_hand_is_answered(self, image, server):
        assert image.stop_signal is signal.SIGTERM, "gunicorn cuts requests off at other signals."
        connection = server.ask("POST /words", "Content-Length: 9", "Expect: 100-continue")
        assert connection, "gunicorn ended before it answered, and printed why."

        server.process.send_signal(signal.SIGTERM)  # While gunicorn waits for the body.
        connection.sendall(b"two words")
        status, body = answer_on(connection)

        assert status == 200
        assert json.loads(body) == {"words": 2, "total": 2}
        assert server.process.wait(15) == 0, "Any exit status other than 0 means a failure."

    def test_requests_finish_before_docker_kills_the_container(self, settings):
        assert 0 < settings()["graceful_timeout"] < 10
