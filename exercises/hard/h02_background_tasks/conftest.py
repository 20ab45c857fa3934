"""The surroundings of h02: an application with its own database and broker, and a mailer."""

import pytest
from celery import _state, signals
from flask import g

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
