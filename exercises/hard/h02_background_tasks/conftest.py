"""The surroundings of h02: an application with its own database and broker, and a mailer."""

from contextlib import suppress
from queue import Empty, SimpleQueue

import pytest
from celery import _state, signals, states
from celery.contrib.testing.worker import start_worker
from flask import g

# How many seconds to wait for a worker.
DEADLINE = 5.0

LETTER = {
    "to": "ada@example.org",
    "subject": "  Lunch & <b>tea</b> 100% ",
    "body": "At noon & later? 100% ",
}
QUEUE = "mail"


class FakeMailer:
    """A mailer that records what it sent; first, it raises each of its `failures`."""

    def __init__(self):
        self.sent, self.failures, self.tries, self.left_in_g = [], [], 0, []

    def send(self, to, subject, body):
        self.tries += 1
        self.left_in_g.append(g.get("mark"))
        g.mark = to
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append({"to": to, "subject": subject, "body": body})


@pytest.fixture(autouse=True)
def _no_shared_tasks(monkeypatch):
    """Forget the tasks, the default application and the signals that Celery keeps from earlier tests."""
    for signal in (signals.task_prerun, signals.task_postrun):
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
    monkeypatch.setattr(_state, "_on_app_finalizers", set(_state._on_app_finalizers))
    monkeypatch.setattr(_state, "default_app", None)
    monkeypatch.setattr(_state._tls, "current_app", None)


@pytest.fixture
def mailer():
    """Return a mailer that only records what it is given."""
    return FakeMailer()


@pytest.fixture
def app(exercise, redis_service, tmp_path, mailer):
    """Return an application with its own database and broker."""
    settings = {
        "broker_url": redis_service.url,
        "broker_transport_options": {"polling_interval": 0.05},
        "task_default_queue": QUEUE,
        "task_publish_retry_policy": {"max_retries": 0},
        "worker_hijack_root_logger": False,
    }
    uri = f"sqlite:///{tmp_path / 'mail.db'}"
    config = {"CELERY": settings, "RETRY_DELAY": 0, "SQLALCHEMY_DATABASE_URI": uri}
    app = exercise.create_app({**config, "SECRET_KEY": "hunter2", "TESTING": True}, mailer)
    assert "celery" in app.extensions, "celery_init_app stores it in app.extensions."
    yield app
    app.extensions["celery"].close()
    with app.app_context():
        exercise.db.engine.dispose()


@pytest.fixture
def client(app):
    """Return a client of the application."""
    return app.test_client()


@pytest.fixture
def post(client):
    """Return a function that posts an e-mail and returns its Location."""

    def post(letter=LETTER):
        response = client.post("/emails", json=letter)
        assert response.status_code == 202
        return response.location

    return post


@pytest.fixture
def redis(redis_service):
    """Return a client of the broker, where the waiting messages are in a list."""
    return redis_service.client()


@pytest.fixture
def work(app, client):
    """Return a function that runs a worker until an e-mail is not queued, and returns its status.

    The worker also stops after `at_most` runs of a task, when a run fails, or when nothing happens.
    """
    runs = SimpleQueue()

    def note(retval, state, **_):
        runs.put(retval if state == states.FAILURE else None)

    def work(address, at_most=10):
        error = None
        try:
            with start_worker(app.extensions["celery"], perform_ping_check=False), suppress(Empty):
                while at_most and not error and client.get(address).json["status"] == "queued":
                    at_most -= 1
                    error = runs.get(timeout=DEADLINE)
        except RuntimeError:  # It did not stop.
            pytest.fail("A run of the task did not end. Does it sleep until the next try?")
        status = client.get(address).json["status"]
        if error and status == "queued":
            if type(error).__name__ != "BusyError":
                raise error
            sentence = (
                f"The task let {error!r} out, and the e-mail is {status}: nobody tries again."
            )
            raise AssertionError(sentence) from error
        return status

    signals.task_postrun.connect(note)
    yield work
    signals.task_postrun.disconnect(note)
